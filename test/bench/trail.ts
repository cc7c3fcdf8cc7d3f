import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUDIT_MIGRATIONS, type LookupAttribute, openAudit, type TrailAudit } from "../../src/audit/index.js";
import { DAY_MS, silentLog } from "../../src/base/index.js";
import { SealingKey, Secret } from "../../src/crypto/index.js";
import { openSqlite, type SqliteDatabase } from "../../src/store/index.js";
import { ms, rate, type Table } from "./report.js";
import { ACCOUNT, accessKeyId, eventId, fillSegments, keyArn, REGION, userName } from "./trail-fill.js";

const EVENTS = Number(process.env["STRONGROOM_BENCH_EVENTS"] ?? 5_000_000);
const LOOKUPS = 101;

const key = (byte: number) => Secret.own(Buffer.alloc(32, byte));

/** A long trail: how fast its index follows, what an event takes of the disk, and how long look-ups take. */
export async function benchTrail(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-trail-"));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<Table> {
  const rows: string[][] = [];
  mkdirSync(join(folder, "audit"));
  const filled = await timed(() =>
    fillSegments(join(folder, "audit"), "w0", SealingKey.of(key(3)), EVENTS, Date.now()),
  );
  rows.push(["written straight into segments", `${rate(EVENTS / (filled.ms / 1000))} events/s`]);
  rows.push(["segments", `${(filled.value / EVENTS).toFixed(0)} bytes an event`]);
  let index = await openIndex(folder);
  let opened = await timed(() => open(folder, index));
  rows.push(["start with nothing indexed", ms(opened.ms)]);
  for (const tenth of [5, 10]) {
    // The first half and the whole: what an event takes must not grow with their number.
    const { ms: took } = await timed(() => catchUpTo(opened.value, (filled.value * tenth) / 10, filled.value));
    const { value: events } = await timed(() => counted(index));
    const bytes = indexBytes(folder);
    rows.push([`index at ${events} events`, `${(bytes / events).toFixed(0)} bytes an event, ${seconds(took)}`]);
  }
  const { ms: took } = await timed(() => opened.value.indexOwn(0));
  rows.push(["small pieces of the index made large ones", seconds(took)]);
  await opened.value.close();
  await index.close();
  const reopened = await timed(() => openIndex(folder));
  index = reopened.value;
  opened = await timed(() => open(folder, index));
  rows.push(["start with all indexed", ms(reopened.ms + opened.ms)]);
  for (const [name, attributeOf] of QUESTIONS) rows.push([name, await lookUps(opened.value, attributeOf)]);
  rows.push(["packed segments", await packAll(opened.value, EVENTS / filled.value)]);
  for (const [name, attributeOf] of QUESTIONS) rows.push([`packed: ${name}`, await lookUps(opened.value, attributeOf)]);
  await opened.value.close();
  await index.close();
  return { title: `A trail of ${EVENTS} events`, columns: ["", "reached"], rows };
}

/** All segments but the two newest, one after the other without a pause. */
async function packAll(audit: TrailAudit, eventsAByte: number): Promise<string> {
  const before = new Date(Date.now() + DAY_MS);
  const started = process.cpuUsage();
  let [bytes, packedBytes] = [0, 0];
  for (let one = await audit.packNext(before); one; one = await audit.packNext(before)) {
    bytes += one.bytes;
    packedBytes += one.packedBytes;
  }
  const { user, system } = process.cpuUsage(started);
  const events = bytes * eventsAByte;
  return `${(packedBytes / events).toFixed(0)} bytes an event, ${((user + system) / events).toFixed(1)} µs of processor time`;
}

type Question = (nth: number) => { readonly key: LookupAttribute; readonly value: string } | undefined;

const QUESTIONS: readonly (readonly [name: string, Question])[] = [
  ["LookupEvents without attribute", () => undefined],
  ["EventId", (nth) => ({ key: "EventId", value: eventId(Math.floor((nth * EVENTS) / LOOKUPS)) })],
  ["EventName", (nth) => ({ key: "EventName", value: nth % 2 ? "Decrypt" : "CreateUser" })],
  ["ReadOnly", (nth) => ({ key: "ReadOnly", value: String(nth % 2 === 0) })],
  ["Username", (nth) => ({ key: "Username", value: userName(nth) })],
  ["ResourceType", () => ({ key: "ResourceType", value: "AWS::KMS::Key" })],
  ["ResourceName", (nth) => ({ key: "ResourceName", value: keyArn(nth) })],
  ["EventSource", (nth) => ({ key: "EventSource", value: nth % 2 ? "kms.amazonaws.com" : "iam.amazonaws.com" })],
  ["AccessKeyId", (nth) => ({ key: "AccessKeyId", value: accessKeyId(nth) })],
  ["a value that no event has", (nth) => ({ key: "Username", value: `nobody-${nth}` })],
  ["an EventId that is not there", (nth) => ({ key: "EventId", value: `none-${nth}` })],
];

/** Pages of fifty, the second page too, over a window of a day and over all days: the median and the longest. */
async function lookUps(audit: TrailAudit, questionOf: Question): Promise<string> {
  const times: number[] = [];
  for (let nth = 0; nth < LOOKUPS; nth += 1) {
    const attribute = questionOf(nth);
    const to = nth % 3 === 0 ? new Date(Date.now() - (nth % 70) * 24 * 3600_000) : undefined;
    const lookup = { account: ACCOUNT, region: REGION, limit: 50, ...(attribute && { attribute }), ...(to && { to }) };
    const first = await timed(() => audit.lookup(lookup));
    times.push(first.ms);
    const { next } = first.value;
    if (next !== undefined) times.push((await timed(() => audit.lookup({ ...lookup, next }))).ms);
  }
  times.sort((a, b) => a - b);
  return `${ms(times[Math.floor(times.length / 2)] ?? 0)} median, ${ms(times.at(-1) ?? 0)} longest`;
}

async function catchUpTo(audit: TrailAudit, bytes: number, all: number): Promise<void> {
  if (bytes >= all) return audit.catchUp();
  // Catching up has no end but the trail's: it is left running, and waited for as far as it is asked here.
  const running = audit.catchUp();
  while ((await audit.bytesBehind()) > all - bytes) await new Promise((resolve) => setTimeout(resolve, 50));
  void running;
}

const openIndex = (folder: string) =>
  openSqlite({ path: join(folder, "audit.db"), key: key(7), migrations: AUDIT_MIGRATIONS });

const open = (folder: string, indexDatabase: SqliteDatabase) =>
  openAudit({
    folder: join(folder, "audit"),
    slot: "w0",
    key: key(3),
    indexDatabase,
    databases: [],
    clock: { nowMs: () => Date.now(), now: () => new Date(), after: () => () => {} },
    log: silentLog,
  });

async function counted(index: SqliteDatabase): Promise<number> {
  const row = await index.read((tx) => tx.get<{ events: number }>("SELECT SUM(events) AS events FROM runs"));
  return row?.events ?? 0;
}

const indexBytes = (folder: string) => statSync(join(folder, "audit.db")).size;

async function timed<T>(run: () => T | Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now();
  const value = await run();
  return { value, ms: performance.now() - started };
}

const seconds = (took: number) => `${(took / 1000).toFixed(0)} s more`;
