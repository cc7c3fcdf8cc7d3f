import type { ReadTx, SqlValue, WriteTx } from "../../../store/index.js";
import type { DamageKind } from "../damage.js";
import type { Piece } from "./pieces.js";

/** What a scrub reads through, and the columns that order it. The pieces come last: theirs are nearly all of the bytes. */
export const SCRUBBED_TABLES = {
  buckets: ["name"],
  bucket_settings: ["bucket_id", "name"],
  bucket_configurations: ["bucket_id", "kind", "id"],
  account_settings: ["account", "name"],
  lifecycle_runs: ["bucket_id"],
  inventory_runs: ["bucket_id", "id"],
  events: ["id"],
  access_lines: ["id"],
  deliveries: ["id"],
  replications: ["id"],
  removals: ["blob"],
  object_acls: ["body_id"],
  annotations: ["parent_id", "name"],
  uploads: ["id"],
  objects: ["bucket_id", "key", "version_id"],
  versions: ["bucket_id", "key", "place"],
  pieces: ["body_id", "part"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ScrubbedTable = keyof typeof SCRUBBED_TABLES;
export type ScrubbedRow = Readonly<Record<string, SqlValue>>;

/** Whole rows after that place: what is read is authenticated with its page. */
export const rowsToScrub = (
  tx: ReadTx,
  table: ScrubbedTable,
  after: readonly SqlValue[] | undefined,
  limit: number,
): Promise<ScrubbedRow[]> => select(tx, "*", table, after, limit);

/** The same rows' keys alone, which lie elsewhere than the rows. */
export const keysToScrub = (
  tx: ReadTx,
  table: ScrubbedTable,
  after: readonly SqlValue[] | undefined,
  limit: number,
): Promise<ScrubbedRow[]> => select(tx, SCRUBBED_TABLES[table].join(", "), table, after, limit);

function select(
  tx: ReadTx,
  columns: string,
  table: ScrubbedTable,
  after: readonly SqlValue[] | undefined,
  limit: number,
): Promise<ScrubbedRow[]> {
  const order = SCRUBBED_TABLES[table].join(", ");
  const from = after === undefined ? "" : `WHERE (${order}) > (${after.map(() => "?").join(", ")})`;
  return tx.all<ScrubbedRow>(
    `SELECT ${columns} FROM ${table} ${from} ORDER BY ${order} LIMIT ?`,
    ...(after ?? []),
    limit,
  );
}

export function rowToScrub(tx: ReadTx, table: ScrubbedTable, key: ScrubbedRow): Promise<ScrubbedRow | undefined> {
  const where = SCRUBBED_TABLES[table].map((column) => `${column} = ?`).join(" AND ");
  return tx.get<ScrubbedRow>(`SELECT * FROM ${table} WHERE ${where}`, ...Object.values(key));
}

/** One JSON text a name; undefined when there is none. */
export async function selectScrub(tx: ReadTx, name: "round" | "request"): Promise<unknown> {
  const row = await tx.get<{ value: string }>("SELECT value FROM scrub WHERE name = ?", name);
  return row === undefined ? undefined : JSON.parse(row.value);
}

export async function putScrub(tx: WriteTx, name: "round" | "request", value: object): Promise<void> {
  await tx.run(
    "INSERT INTO scrub (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    name,
    JSON.stringify(value),
  );
}

export interface Damage {
  readonly bodyId: string;
  readonly part: number;
  readonly pieceId: string;
  readonly damage: DamageKind;
  readonly seenMs: number;
  /** Undefined until it has been looked up whose the body is. */
  readonly object: { readonly bucketId: string; readonly key: string } | undefined;
}

export async function putDamage(tx: WriteTx, damage: Damage): Promise<void> {
  await tx.run(
    `INSERT INTO damages (body_id, part, piece_id, damage, seen_ms, bucket_id, key) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (body_id, part) DO UPDATE SET piece_id = excluded.piece_id, damage = excluded.damage,
       bucket_id = COALESCE(excluded.bucket_id, damages.bucket_id), key = COALESCE(excluded.key, damages.key)`,
    damage.bodyId,
    damage.part,
    damage.pieceId,
    damage.damage,
    damage.seenMs,
    damage.object?.bucketId ?? null,
    damage.object === undefined ? null : Buffer.from(damage.object.key),
  );
}

export async function deleteDamage(tx: WriteTx, piece: Pick<Piece, "bodyId" | "part">): Promise<void> {
  await tx.run("DELETE FROM damages WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
}

export async function isBroken(tx: ReadTx, piece: Pick<Piece, "bodyId" | "part">): Promise<boolean> {
  const row = await tx.get("SELECT 1 AS found FROM damages WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
  return row !== undefined;
}

/** Of pieces that still stand: what was replaced or deleted is nobody's damage. */
export async function selectDamages(tx: ReadTx, limit: number): Promise<Damage[]> {
  const rows = await tx.all<DamageRow>(
    `SELECT damages.* FROM damages JOIN pieces USING (body_id, part, piece_id)
     ORDER BY damages.body_id, damages.part LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    bodyId: row.body_id,
    part: Number(row.part),
    pieceId: row.piece_id,
    damage: row.damage,
    seenMs: Number(row.seen_ms),
    object:
      row.bucket_id === null || row.key === null
        ? undefined
        : { bucketId: row.bucket_id, key: Buffer.from(row.key).toString() },
  }));
}

export async function forgetOldDamages(tx: WriteTx): Promise<void> {
  await tx.run(
    `DELETE FROM damages WHERE NOT EXISTS (SELECT 1 FROM pieces WHERE pieces.body_id = damages.body_id
       AND pieces.part = damages.part AND pieces.piece_id = damages.piece_id)`,
  );
}

export async function bucketNameOf(tx: ReadTx, id: string): Promise<string | undefined> {
  return (await tx.get<{ name: string }>("SELECT name FROM buckets WHERE id = ?", id))?.name;
}

interface DamageRow {
  readonly body_id: string;
  readonly part: number;
  readonly piece_id: string;
  readonly damage: DamageKind;
  readonly seen_ms: number;
  readonly bucket_id: string | null;
  readonly key: Uint8Array | null;
}
