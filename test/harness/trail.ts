import { join } from "node:path";
import { readFlushed } from "../../src/audit/flushed-mark.js";
import { NO_HASH } from "../../src/audit/frame.js";
import { type SlotReport, type TrailRecord, verifyTrail } from "../../src/audit/index.js";
import { segmentsOf, slotsIn, walkSegment } from "../../src/audit/segments.js";
import { openSlotLog } from "../../src/audit/slot-log.js";
import { testRecord } from "../../src/audit/testing.js";
import { SealingKey } from "../../src/crypto/index.js";
import { unlockRoot } from "../../src/keystore/index.js";

export interface StoredTrail {
  readonly slots: readonly SlotReport[];
  readonly records: readonly TrailRecord[];
}

/** A slot that nobody uses any more, whose segments are closed and old enough to be packed. Its server must be stopped. */
export async function addOldSlot(dataFolder: string, slot: string): Promise<void> {
  const root = await unlockRoot(dataFolder, { kind: "file" });
  const key = SealingKey.of(root.houseKey("audit/segments"));
  const log = await openSlotLog({ folder: join(dataFolder, "audit"), slot, key, segmentBytes: 4000 });
  for (let number = 0; number < 20; number += 1)
    await log.append(JSON.stringify(testRecord(`old-${number}`, { eventTime: "2026-11-01T00:00:00Z" })));
  await log.close();
}

/** The whole trail of a data folder whose root is a key file, data events included. Its server need not run. */
export async function readTrail(dataFolder: string): Promise<StoredTrail> {
  const root = await unlockRoot(dataFolder, { kind: "file" });
  const folder = join(dataFolder, "audit");
  const slots = await verifyTrail(folder, root.houseKey("audit/segments"));
  const key = SealingKey.of(root.houseKey("audit/segments"));
  const records: TrailRecord[] = [];
  for (const slot of slotsIn(folder)) {
    let before: Buffer = NO_HASH;
    for (const segment of segmentsOf(folder, slot)) {
      const walk = walkSegment(key, folder, { slot, segment }, { before, flushed: readFlushed(join(folder, slot)) });
      before = walk.end.hash;
      records.push(...walk.frames.flatMap((frame) => frame.records).map((text): TrailRecord => JSON.parse(text)));
    }
  }
  return { slots, records };
}
