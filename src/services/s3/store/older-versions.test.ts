import assert from "node:assert/strict";
import { test } from "node:test";
import type { WriteTx } from "../../../store/index.js";
import { openTestSqlite, testFolder } from "../../../store/testing.js";
import { madeAfter, placeMarker, placeObject, placeOlderMarker, placeOlderObject, S3_MIGRATIONS } from "./index.js";
import { emptyObject } from "./test-objects.js";

const TIMES = [1, 2, 3, 4];
const MARKERS = new Set([2, 4]);

function* ordersOf(times: readonly number[]): Generator<number[]> {
  if (times.length === 0) yield [];
  for (const time of times) for (const rest of ordersOf(times.filter((other) => other !== time))) yield [time, ...rest];
}

const objectOf = (key: string, modifiedMs: number) =>
  emptyObject(key, `v${modifiedMs}`, `${key} ${modifiedMs}`, modifiedMs);

/** As replicas are placed. */
async function place(tx: WriteTx, key: string, time: number, isMarker: boolean): Promise<void> {
  const made = { bucketId: "b", key, versionId: `v${time}`, modifiedMs: time };
  const nextMs = await madeAfter(tx, made);
  if (nextMs === undefined)
    await (isMarker ? placeMarker(tx, made, "Enabled") : placeObject(tx, objectOf(key, time), "Enabled"));
  else await (isMarker ? placeOlderMarker(tx, made, nextMs) : placeOlderObject(tx, objectOf(key, time), nextMs));
}

const rowsOf = async (tx: WriteTx, key: string) => ({
  current: await tx.all("SELECT version_id, body_id <> '' AS has FROM objects WHERE key = ? LIMIT 9", Buffer.from(key)),
  others: await tx.all<{ version_id: string; is_marker: number; noncurrent_ms: number | null }>(
    "SELECT version_id, is_marker, noncurrent_ms FROM versions WHERE key = ? ORDER BY place LIMIT 9",
    Buffer.from(key),
  ),
});

test("in whatever order versions come, they lie as if they had come in the order in which they were made", async () => {
  const folder = testFolder();
  const database = await openTestSqlite({ path: `${folder.path}/s3.db`, migrations: S3_MIGRATIONS });
  try {
    await database.write(async (tx) => {
      for (const markers of [new Set<number>(), MARKERS]) {
        const kind = markers.size;
        for (const order of ordersOf(TIMES))
          for (const time of order) await place(tx, `${kind} ${order}`, time, markers.has(time));
        const expected = await rowsOf(tx, `${kind} ${TIMES}`);
        assert.deepEqual(
          expected.others.map((row) => row.version_id),
          kind === 0 ? ["v3", "v2", "v1"] : ["v4", "v3", "v2", "v1"],
        );
        for (const order of ordersOf(TIMES))
          assert.deepEqual(await rowsOf(tx, `${kind} ${order}`), expected, String(order));
      }
    });
  } finally {
    await database.close();
    folder.remove();
  }
});
