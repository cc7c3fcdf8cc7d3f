import { rmSync } from "node:fs";
import { join } from "node:path";
import { hex } from "../base/index.js";
import { type Database, flushFolder } from "../store/index.js";
import { breath } from "./breath.js";
import { readFlushed } from "./flushed-mark.js";
import { NO_HASH, segmentPath } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { readAcceptance } from "./ledger/acceptance.js";
import type { Anchor } from "./ledger/anchor.js";
import { BEGINNING_FORMAT, type Beginning, beginningPath, readBeginning } from "./ledger/beginning.js";
import type { LedgerFiles } from "./ledger/files.js";
import { writeDurably } from "./ledger/signed-file.js";
import { parseRecord } from "./outbox.js";
import type { TrailPlace } from "./port.js";
import { segmentNumbers, slotsIn } from "./segments.js";
import { findCursor, oldestOutbox } from "./store.js";

/** What may go, as far as its owner and those who still read it let it. */
export interface Expiry {
  readonly now: Date;
  /** Whose newest record is from before this. */
  readonly before: Date;
  /** Kept elsewhere already: nothing goes that it does not vouch for. */
  readonly anchor: Anchor;
  /** Where those stand who copy the trail; undefined when nobody does. A slot without a place is not begun. */
  readonly delivered: readonly TrailPlace[] | undefined;
}

export interface ExpiryPorts extends LedgerFiles {
  readonly indexDatabase: Database;
  /** Those that keep first records. */
  readonly databases: readonly Database[];
}

/** The two newest segments always stay: the log goes on in one, and is mended from the other after a crash. */
const NEWEST_KEPT = 2;

/**
 * Takes old segments out of every chain, oldest first, whole ones only. `begin.json` says so before the first of them is
 * gone: a process that is killed leaves files that nothing reads, and the next run takes them away. Throws TrailDamaged
 * when what would go is not whole, and takes nothing of that chain then. Gives the number of segments that went.
 */
export async function expireSegments(ports: ExpiryPorts, expiry: Expiry): Promise<number> {
  let gone = 0;
  for (const slot of slotsIn(ports.folder)) {
    // A chain whose damage was accepted is evidence of that: its owner decides about it by hand.
    if (readAcceptance(ports, slot) === undefined) gone += await expireSlot(ports, slot, expiry);
  }
  return gone;
}

async function expireSlot(ports: ExpiryPorts, slot: string, expiry: Expiry): Promise<number> {
  const beginning = readBeginning(ports, slot);
  const leftovers = takeOut(ports.folder, slot, beginning?.segment ?? 1);
  const goal = await firstKept(ports, slot, expiry);
  if (goal <= (beginning?.segment ?? 1)) return leftovers;
  const next = await beginningAfter(ports, slot, beginning, goal, expiry.before);
  if (next === undefined) return leftovers;
  const { segment, before } = next;
  const time = expiry.now.toISOString();
  const signed: Beginning = ports.signer.sign({ format: BEGINNING_FORMAT, slot, segment, before, time } as const);
  writeDurably(beginningPath(ports.folder, slot), signed);
  return leftovers + takeOut(ports.folder, slot, segment);
}

/** The first segment that somebody needs yet: its log, the index, the trails, first records, and the anchor that vouches. */
async function firstKept(ports: ExpiryPorts, slot: string, { anchor, delivered }: Expiry): Promise<number> {
  const flushed = readFlushed(join(ports.folder, slot));
  const cursor = await ports.indexDatabase.read((tx) => findCursor(tx, slot));
  const waiting = await Promise.all(ports.databases.map((each) => each.read((tx) => oldestOutbox(tx, slot))));
  const known = [
    (flushed?.segment ?? 0) - (NEWEST_KEPT - 1),
    cursor?.segment ?? 0,
    anchor.slots.find((head) => head.slot === slot)?.segment ?? 0,
    ...(delivered === undefined ? [] : [delivered.find((place) => place.slot === slot)?.segment ?? 0]),
    ...waiting.filter((segment) => segment !== undefined),
  ];
  return Math.min(...known);
}

interface Start {
  readonly segment: number;
  readonly before: string;
}

/** Where the chain begins once all whole segments before `goal` with nothing younger in them are gone; undefined as now. */
async function beginningAfter(
  ports: ExpiryPorts,
  slot: string,
  beginning: Start | undefined,
  goal: number,
  before: Date,
): Promise<Start | undefined> {
  const reader = new FrameReader(ports.folder, slot, ports.key, undefined, { segment: goal, offset: 0 }, beginning);
  try {
    let [found, segment, newestMs]: [Start | undefined, number, number] = [undefined, reader.at.segment, 0];
    let end = hex(NO_HASH);
    for (;;) {
      const read = reader.next();
      if (read === undefined || read.at.segment > segment) {
        if (newestMs >= before.getTime()) return found;
        found = { segment: segment + 1, before: end };
        [segment, newestMs] = [segment + 1, 0];
      }
      if (read === undefined || read.at.segment > segment) return found;
      for (const text of read.records) newestMs = Math.max(newestMs, Date.parse(parseRecord(text).eventTime));
      end = hex(reader.at.hash);
      await breath();
    }
  } finally {
    reader.close();
  }
}

/** Oldest first, so that what stays has no gap whenever this ends. */
function takeOut(folder: string, slot: string, before: number): number {
  const old = segmentNumbers(folder, slot).filter((segment) => segment < before);
  for (const segment of old) rmSync(segmentPath(folder, { slot, segment }), { force: true });
  if (old.length > 0) flushFolder(join(folder, slot));
  return old.length;
}
