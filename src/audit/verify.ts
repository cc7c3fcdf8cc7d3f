import { join } from "node:path";
import { SealingKey, type Secret } from "../crypto/index.js";
import { readFlushed } from "./flushed-mark.js";
import { NO_HASH, TrailDamaged } from "./frame.js";
import { readBeginning } from "./ledger/beginning.js";
import { LedgerSigner } from "./ledger/signed.js";
import { segmentsOf, slotsIn, walkSegment } from "./segments.js";

export interface SlotReport {
  readonly slot: string;
  readonly segments: number;
  readonly frames: number;
  readonly records: number;
  /** Half-written bytes at the end that no one was told of. */
  readonly tornBytes: number;
  /** The first damage, by segment and frame; what lies behind it was not counted. */
  readonly damage?: string;
}

/** Walks every chain from its beginning and says what is there. Changes nothing; may run beside a live server. */
export async function verifyTrail(folder: string, key: Secret): Promise<readonly SlotReport[]> {
  const sealing = SealingKey.of(key);
  const signer = new LedgerSigner(key);
  const reports: SlotReport[] = [];
  for (const slot of slotsIn(folder)) reports.push(await verifySlot(folder, slot, sealing, signer));
  return reports;
}

async function verifySlot(folder: string, slot: string, key: SealingKey, signer: LedgerSigner): Promise<SlotReport> {
  const count = { segments: 0, frames: 0, records: 0, tornBytes: 0 };
  try {
    const flushed = readFlushed(join(folder, slot));
    const beginning = readBeginning({ folder, signer }, slot);
    const first = beginning?.segment ?? 1;
    const segments = segmentsOf(folder, slot).filter((segment) => segment >= first);
    let before: Buffer = beginning === undefined ? NO_HASH : Buffer.from(beginning.before, "hex");
    for (const segment of flushed ? range(first, Math.max(flushed.segment, segments.at(-1) ?? 0)) : segments) {
      const isLast = segment >= (segments.at(-1) ?? 0);
      const walk = walkSegment(key, folder, { slot, segment }, { before, flushed, isLast });
      before = walk.end.hash;
      count.segments += 1;
      count.frames += walk.frames.length;
      count.records += walk.frames.reduce((sum, frame) => sum + frame.records.length, 0);
      count.tornBytes = walk.tornBytes;
      await new Promise((resolve) => setImmediate(resolve)); // a segment is long: let others in
    }
  } catch (thrown) {
    if (!(thrown instanceof TrailDamaged)) throw thrown;
    return { slot, ...count, damage: thrown.message };
  }
  return { slot, ...count };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
