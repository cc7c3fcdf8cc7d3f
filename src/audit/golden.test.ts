import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Secret } from "../crypto/index.js";
import { testFolder } from "../store/testing.js";
import { segmentPath } from "./frame.js";
import { idsInSlots } from "./testing.js";
import { verifyTrail } from "./verify.js";

interface Golden {
  readonly key: string;
  readonly slot: string;
  readonly segments: readonly string[];
  readonly events: readonly string[];
}

test("the golden trail of version 1 is read", async () => {
  const path = join(process.cwd(), "src", "audit", "golden", "audit-segment-1.json");
  const golden: Golden = JSON.parse(readFileSync(path, "utf8"));
  const folder = testFolder();
  mkdirSync(join(folder.path, golden.slot));
  for (const [index, segment] of golden.segments.entries()) {
    writeFileSync(segmentPath(folder.path, { slot: golden.slot, segment: index + 1 }), Buffer.from(segment, "hex"));
  }
  assert.deepEqual(await verifyTrail(folder.path, Secret.own(Buffer.from(golden.key, "hex"))), [
    { slot: "w0", segments: 2, frames: 2, records: 3, tornBytes: 0 },
  ]);
  assert.deepEqual(idsInSlots(folder.path), golden.events);
  folder.remove();
});
