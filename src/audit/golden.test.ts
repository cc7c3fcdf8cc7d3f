import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SealingKey, Secret } from "../crypto/index.js";
import { testFolder } from "../store/testing.js";
import { segmentPath } from "./frame.js";
import { readSegment } from "./segments.js";
import { idsInSlots } from "./testing.js";
import { verifyTrail } from "./verify.js";

interface Golden {
  readonly key: string;
  readonly slot: string;
  readonly segments: readonly string[];
  readonly events: readonly string[];
}

const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(join(process.cwd(), "src", "audit", "golden", name), "utf8"));

/** Files of the first version, one a segment, in a trail of their own. */
async function isRead(segments: readonly string[], check: (folder: string) => void = () => {}): Promise<void> {
  const { key, slot, events } = golden<Golden>("audit-segment-1.json");
  const folder = testFolder();
  mkdirSync(join(folder.path, slot));
  for (const [index, segment] of segments.entries()) {
    writeFileSync(segmentPath(folder.path, { slot, segment: index + 1 }), Buffer.from(segment, "hex"));
  }
  assert.deepEqual(await verifyTrail(folder.path, Secret.own(Buffer.from(key, "hex"))), [
    { slot: "w0", segments: 2, frames: 2, records: 3, tornBytes: 0 },
  ]);
  assert.deepEqual(idsInSlots(folder.path), events);
  check(folder.path);
  folder.remove();
}

test("the golden trail of version 1 is read", async () => {
  await isRead(golden<Golden>("audit-segment-1.json").segments);
});

test("the golden packed segments of version 1 are read, and give the bytes of the plain ones", async () => {
  const { key, slot, segments } = golden<Golden>("audit-segment-1.json");
  await isRead(golden<Pick<Golden, "segments">>("audit-packed-1.json").segments, (folder) => {
    const sealing = SealingKey.of(Secret.own(Buffer.from(key, "hex")));
    for (const [index, segment] of segments.entries()) {
      const { bytes } = readSegment(sealing, folder, { slot, segment: index + 1 });
      assert.equal(bytes.toString("hex"), segment);
    }
  });
});
