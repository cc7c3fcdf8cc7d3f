import assert from "node:assert/strict";
import { test } from "node:test";
import type { Packed, TrailAudit } from "../audit/index.js";
import { type LogFields, silentLog } from "../base/index.js";
import { compactionWorkers } from "./compaction.js";

test("a server packs one segment at a time, of the days that are set; with none it never does", async () => {
  const asked: string[] = [];
  const told: LogFields[] = [];
  const packed: Packed = { slot: "w0", segment: 3, bytes: 1000, packedBytes: 100 };
  const audit = {
    packNext: async (before: Date) => {
      asked.push(before.toISOString());
      return asked.length === 1 ? packed : undefined;
    },
  } as unknown as TrailAudit; // the worker asks for nothing else
  const log = { ...silentLog, info: (_event: string, fields: LogFields = {}) => void told.push(fields) };
  const [worker, ...others] = compactionWorkers(audit, 7, log);
  assert.deepEqual(others, []);
  for (let times = 0; times < 2; times += 1) await worker?.run(new Date("2026-11-21T12:00:00Z"));
  assert.deepEqual(asked, ["2026-11-14T12:00:00.000Z", "2026-11-14T12:00:00.000Z"]);
  assert.deepEqual(told, [packed]);
  assert.deepEqual(compactionWorkers(audit, 0, log), []);
});
