import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeThrown, HOUR_MS, type Log } from "../../base/index.js";
import { BrokenSeal } from "../../crypto/index.js";
import { translateDiskError } from "../../store/index.js";
import { breath } from "../breath.js";
import { readFlushed } from "../flushed-mark.js";
import { type Place, SEGMENT_HEADER_BYTES, segmentPath, TrailDamaged } from "../frame.js";
import { readAcceptance } from "../ledger/acceptance.js";
import { readBeginning } from "../ledger/beginning.js";
import type { LedgerFiles } from "../ledger/files.js";
import { parseRecord } from "../outbox.js";
import { describeSegment, openSegment } from "../segment-file.js";
import { segmentNumbers, slotsIn } from "../segments.js";
import { isMadeAgain, pack } from "./pack.js";
import { openPacked } from "./packed-segment.js";

/** What became of one segment. */
export interface Packed extends Place {
  readonly bytes: number;
  readonly packedBytes: number;
}

/** As with expiry: the log goes on in the newest segment, and is mended from the one before after a crash. */
const NEWEST_KEPT = 2;
/** After a disk's refusal: trying again costs as much as packing does. */
const REST_MS = HOUR_MS;
const LOOKED_AT_TOGETHER = 256;

/**
 * Puts packed segments in the place of plain ones, oldest first. Of one process, which lives as long as it: it remembers
 * what it has seen. May be killed at any line: the packed file is whole and on the disk before it takes the plain one's
 * name, and only if it gives the same bytes.
 */
export class Compactor {
  readonly #files: LedgerFiles;
  readonly #log: Log;
  /** By slot: up to here all is packed, or cannot be. */
  readonly #seen = new Map<string, number>();
  #restsUntilMs = 0;

  constructor(files: LedgerFiles, log: Log) {
    this.#files = files;
    this.#log = log;
  }

  /** Packs one segment of nothing but records from before this; undefined when there is none to pack. */
  async packNext(now: Date, before: Date): Promise<Packed | undefined> {
    if (now.getTime() < this.#restsUntilMs) return undefined;
    for (const slot of slotsIn(this.#files.folder)) {
      // A chain whose damage was accepted is evidence of that, as it lies.
      if (readAcceptance(this.#files, slot) !== undefined) continue;
      for (let segment = await this.#nextOf(slot, before); segment; segment = await this.#nextOf(slot, before)) {
        this.#seen.set(slot, segment);
        const packed = await this.#packOrTell({ slot, segment }, now);
        if (packed !== undefined) return packed;
      }
    }
    return undefined;
  }

  async #nextOf(slot: string, before: Date): Promise<number | undefined> {
    const { folder } = this.#files;
    if (!this.#seen.has(slot)) removeUnfinished(join(folder, slot));
    const first = Math.max(readBeginning(this.#files, slot)?.segment ?? 1, (this.#seen.get(slot) ?? 0) + 1);
    const last = (readFlushed(join(folder, slot))?.segment ?? 0) - NEWEST_KEPT;
    for (const segment of segmentNumbers(folder, slot).filter((number) => number >= first && number <= last)) {
      if (segment % LOOKED_AT_TOGETHER === 0) await breath();
      if (describeSegment(folder, { slot, segment })?.isPacked) this.#seen.set(slot, segment);
      else return this.#beganBefore({ slot, segment: segment + 1 }, before) ? segment : undefined;
    }
    return undefined;
  }

  /** Records are written when their calls end: what stands before the next segment's first one is about as old or older. */
  #beganBefore(place: Place, before: Date): boolean {
    try {
      const next = openSegment(this.#files.key, this.#files.folder, place);
      try {
        const [first = "{}"] = next.recordsAt(SEGMENT_HEADER_BYTES);
        return Date.parse(parseRecord(first).eventTime) < before.getTime();
      } finally {
        next.close();
      }
    } catch (thrown) {
      // Whoever reads the trail is told of it. Nothing is packed that lies beside damage.
      if (thrown instanceof TrailDamaged || thrown instanceof BrokenSeal) return false;
      throw thrown;
    }
  }

  /** What is not whole stays as it lies, for whoever looks into it. */
  async #packOrTell(place: Place, now: Date): Promise<Packed | undefined> {
    try {
      return await packInPlace(this.#files, place);
    } catch (thrown) {
      if (thrown instanceof TrailDamaged) {
        this.#log.error("audit.damaged", describeThrown(thrown));
        return undefined;
      }
      this.#seen.set(place.slot, place.segment - 1);
      this.#restsUntilMs = now.getTime() + REST_MS;
      throw translateDiskError(thrown);
    }
  }
}

/** Undefined when the segment expired meanwhile. */
async function packInPlace({ folder, key }: LedgerFiles, place: Place): Promise<Packed | undefined> {
  const path = segmentPath(folder, place);
  const fresh = freshOf(path);
  const plain = openSegment(key, folder, place);
  try {
    const { bytes } = plain;
    const packed = await pack(key, place, plain);
    await writeFlushed(fresh, packed);
    const written = openPacked(key, place, fresh);
    try {
      if (!(await isMadeAgain(written, plain)))
        throw new TrailDamaged(place, 0, "packed, it does not give the same bytes");
    } finally {
      written.close();
    }
    if (!existsSync(path)) return undefined;
    renameSync(fresh, path);
    await flushEntries(dirname(path));
    return { ...place, bytes, packedBytes: packed.length };
  } finally {
    plain.close();
    rmSync(fresh, { force: true });
  }
}

const FRESH = /^\d{10}\.seg\.new$/;
const freshOf = (path: string) => `${path}.new`;

/** What a killed process left half written: nobody reads it. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => FRESH.test(each))) rmSync(join(folder, name));
}

async function writeFlushed(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Not on the event loop: a disk takes its time. */
async function flushEntries(folder: string): Promise<void> {
  const file = await open(folder, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
