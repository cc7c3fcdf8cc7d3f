import type { TrailPlace } from "../../audit/index.js";
import type { Database, Migration, ReadTx, WriteTx } from "../../store/index.js";
import type { Trail, TrailRef } from "./trail.js";

/** All of CloudTrail's own SQL: trails, what is still to be delivered, and where the digests' chains stand. */
export const CLOUDTRAIL_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    // `body` is null once it was delivered: the row stays until a digest names it, if one will.
    sql: `
      CREATE TABLE trails (
        account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, trail TEXT NOT NULL,
        PRIMARY KEY (account, region, name)
      );
      CREATE TABLE cursor (one INTEGER PRIMARY KEY, places TEXT NOT NULL);
      CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, trail_id TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL,
        planned_at BIGINT NOT NULL, plan TEXT NOT NULL, body BLOB
      );
      CREATE INDEX deliveries_by_trail ON deliveries (trail_id, region, kind, id);
      CREATE TABLE chains (
        trail_id TEXT NOT NULL, region TEXT NOT NULL, started_at BIGINT NOT NULL, previous TEXT,
        PRIMARY KEY (trail_id, region)
      );
    `,
  },
];

/** More than five a Region and account there are not. */
const MOST_TRAILS = 100_000;

interface TrailRow {
  readonly trail: string;
}

const opened = (row: TrailRow): Trail => JSON.parse(row.trail) as Trail; // written by `putTrail` alone

export async function findTrail(tx: ReadTx, { account, region, name }: TrailRef): Promise<Trail | undefined> {
  const sql = "SELECT trail FROM trails WHERE account = ? AND region = ? AND name = ?";
  const row = await tx.get<TrailRow>(sql, account, region, name);
  return row && opened(row);
}

export async function trailsOf(tx: ReadTx, account: string): Promise<Trail[]> {
  const sql = "SELECT trail FROM trails WHERE account = ? ORDER BY region, name LIMIT ?";
  return (await tx.all<TrailRow>(sql, account, MOST_TRAILS)).map(opened);
}

export async function allTrails(tx: ReadTx): Promise<Trail[]> {
  const sql = "SELECT trail FROM trails ORDER BY account, region, name LIMIT ?";
  return (await tx.all<TrailRow>(sql, MOST_TRAILS)).map(opened);
}

export const putTrail = (tx: WriteTx, trail: Trail) =>
  tx.run(
    `INSERT INTO trails (account, region, name, id, trail) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account, region, name) DO UPDATE SET id = excluded.id, trail = excluded.trail`,
    trail.account,
    trail.region,
    trail.name,
    trail.id,
    JSON.stringify(trail),
  );

/** With all that it still had to deliver. */
export async function deleteTrail(tx: WriteTx, { account, region, name, id }: Trail): Promise<void> {
  await tx.run("DELETE FROM trails WHERE account = ? AND region = ? AND name = ?", account, region, name);
  await tx.run("DELETE FROM deliveries WHERE trail_id = ?", id);
  await tx.run("DELETE FROM chains WHERE trail_id = ?", id);
}

export async function findPlaces(tx: ReadTx): Promise<string | undefined> {
  return (await tx.get<{ places: string }>("SELECT places FROM cursor WHERE one = 1 LIMIT 1"))?.places;
}

/** How far the trail is copied: undefined while nothing logs, and so nobody waits for it. */
export async function copiedPlaces(database: Database): Promise<readonly TrailPlace[] | undefined> {
  return database.read(async (tx) => {
    const isLogging = (await allTrails(tx)).some(({ intervals }) => intervals.length > 0);
    return isLogging ? (JSON.parse((await findPlaces(tx)) ?? "[]") as TrailPlace[]) : undefined; // as `putPlaces` wrote it
  });
}

export const putPlaces = (tx: WriteTx, places: string) =>
  tx.run(
    "INSERT INTO cursor (one, places) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET places = excluded.places",
    places,
  );

/** An object that is to be written, whole and under its final name: writing it twice changes nothing. */
export interface Delivery {
  readonly id: number;
  readonly trailId: string;
  readonly region: string;
  readonly kind: "log" | "digest";
  readonly plannedMs: number;
  readonly plan: Plan;
  readonly body: Uint8Array | undefined;
}

export interface Plan {
  readonly bucket: string;
  readonly key: string;
  readonly kmsKeyId?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of a log file, for its digest. */
  readonly log?: {
    readonly hash: string;
    readonly oldest: string;
    readonly newest: string;
  };
}

interface DeliveryRow {
  readonly id: number;
  readonly trail_id: string;
  readonly region: string;
  readonly kind: "log" | "digest";
  readonly planned_at: number;
  readonly plan: string;
  readonly body: Uint8Array | null;
}

const deliveryOf = (row: DeliveryRow): Delivery => ({
  id: row.id,
  trailId: row.trail_id,
  region: row.region,
  kind: row.kind,
  plannedMs: row.planned_at,
  plan: JSON.parse(row.plan) as Plan, // written by `putDelivery` alone
  body: row.body ?? undefined,
});

export const putDelivery = (tx: WriteTx, { trailId, region, kind, plannedMs, plan, body }: Omit<Delivery, "id">) =>
  tx.run(
    "INSERT INTO deliveries (trail_id, region, kind, planned_at, plan, body) VALUES (?, ?, ?, ?, ?, ?)",
    trailId,
    region,
    kind,
    plannedMs,
    JSON.stringify(plan),
    body ?? null,
  );

/** Not delivered yet, oldest first, after this one. */
export async function pendingAfter(tx: ReadTx, id: number, limit: number): Promise<Delivery[]> {
  const sql = "SELECT * FROM deliveries WHERE id > ? AND body IS NOT NULL ORDER BY id LIMIT ?";
  return (await tx.all<DeliveryRow>(sql, id, limit)).map(deliveryOf);
}

/** Log files that are in their bucket and in no digest. */
export async function undigested(tx: ReadTx, trailId: string, region: string, limit: number): Promise<Delivery[]> {
  const sql = `SELECT * FROM deliveries WHERE trail_id = ? AND region = ? AND kind = 'log' AND body IS NULL
               ORDER BY id LIMIT ?`;
  return (await tx.all<DeliveryRow>(sql, trailId, region, limit)).map(deliveryOf);
}

export const keepForDigest = (tx: WriteTx, id: number) => tx.run("UPDATE deliveries SET body = NULL WHERE id = ?", id);

export const removeDelivery = (tx: WriteTx, id: number) => tx.run("DELETE FROM deliveries WHERE id = ?", id);

/** Where the chain of a trail's digests in a Region stands. */
export interface Chain {
  readonly region: string;
  readonly startedMs: number;
  readonly previous: PreviousDigest | undefined;
}

export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

export async function chainsOf(tx: ReadTx, trailId: string): Promise<Chain[]> {
  const rows = await tx.all<{ region: string; started_at: number; previous: string | null }>(
    "SELECT region, started_at, previous FROM chains WHERE trail_id = ? ORDER BY region LIMIT 1000",
    trailId,
  );
  return rows.map((row) => ({
    region: row.region,
    startedMs: row.started_at,
    previous: row.previous === null ? undefined : (JSON.parse(row.previous) as PreviousDigest), // as `putChain` wrote it
  }));
}

export const putChain = (tx: WriteTx, trailId: string, { region, startedMs, previous }: Chain) =>
  tx.run(
    `INSERT INTO chains (trail_id, region, started_at, previous) VALUES (?, ?, ?, ?)
     ON CONFLICT (trail_id, region) DO UPDATE SET started_at = excluded.started_at, previous = excluded.previous`,
    trailId,
    region,
    startedMs,
    previous === undefined ? null : JSON.stringify(previous),
  );

/** The chain ends, and with it what its next digest would have named. */
export async function endChains(tx: WriteTx, trailId: string): Promise<void> {
  await tx.run("DELETE FROM chains WHERE trail_id = ?", trailId);
  await tx.run("DELETE FROM deliveries WHERE trail_id = ? AND kind = 'log' AND body IS NULL", trailId);
}
