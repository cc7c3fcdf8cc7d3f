import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { needs } from "../base/index.js";
import type { SealingKey } from "../crypto/index.js";
import {
  type FolderLock,
  flushFolder,
  lockFolder,
  StoreUnwritable,
  translateDiskError,
  writeWhole,
} from "../store/index.js";
import { FlushedMark, readFlushed } from "./flushed-mark.js";
import {
  firstPosition,
  GROUP_BYTES,
  NO_HASH,
  type Position,
  SEGMENT_BYTES,
  sealFrame,
  segmentHeader,
  segmentPath,
  TrailDamaged,
} from "./frame.js";
import type { FreshEvents } from "./fresh-events.js";
import { describeSegment } from "./segment-file.js";
import { segmentsOf, walkSegment } from "./segments.js";
import type { EventNote } from "./terms.js";

const flushFile = promisify(fdatasync);

/** How far zeros are written ahead of the frames, at a time. */
const ZEROS = Buffer.alloc(256 * 1024);

interface Waiting {
  readonly text: string;
  readonly note: EventNote | undefined;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

export interface SlotLogOptions {
  readonly folder: string;
  readonly slot: string;
  readonly key: SealingKey;
  /** A segment longer than this is not continued. */
  readonly segmentBytes?: number;
  /** Asked once the slot is this process's alone and before anything in it is touched. */
  readonly check?: () => Promise<void>;
}

/** Opens the slot's log for its one owner and cuts what a crash left half written. Throws FolderInUse, TrailDamaged. */
export async function openSlotLog(options: SlotLogOptions): Promise<SlotLog> {
  needs(/^[a-z0-9][a-z0-9-]{0,31}$/.test(options.slot), "a slot is named in lower case");
  const own = join(options.folder, options.slot);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(own);
  try {
    await options.check?.();
    return new SlotLog(options, lock);
  } catch (thrown) {
    lock.release();
    throw translateDiskError(thrown);
  }
}

/** The append-only log of one process: while one group of records is being flushed, the next one gathers. */
export class SlotLog {
  readonly #options: SlotLogOptions;
  readonly #lock: FolderLock;
  readonly #mark: FlushedMark;
  #file: number;
  #at: Position;
  #zerosEnd = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #broken: unknown;
  #isClosed = false;
  /** Told of what is flushed. */
  fresh: FreshEvents | undefined;

  constructor(options: SlotLogOptions, lock: FolderLock) {
    this.#options = options;
    this.#lock = lock;
    this.#at = recoverTail(options);
    this.#file = openSync(this.#path(this.#at.segment), "r+");
    this.#mark = new FlushedMark(join(options.folder, options.slot));
    this.#mark.write(this.#at);
    flushFolder(join(options.folder, options.slot));
    flushFolder(options.folder);
  }

  /** Where the next frame goes. */
  get at(): Position {
    return this.#at;
  }

  /** Resolves when the record, a JSON text, is on the disk. `note`: what the index needs of it. */
  append(text: string, note?: EventNote): Promise<void> {
    needs(!this.#isClosed, "a closed log is not written");
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, note, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    while (this.#running) await this.#running;
    if (this.#broken === undefined) ftruncateSync(this.#file, this.#at.offset);
    closeSync(this.#file);
    this.#mark.close();
    this.#lock.release();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // records of the same turn share the first flush
    while (this.#waiting.length > 0) {
      const group = takeGroup(this.#waiting);
      try {
        await this.#writeGroup(group);
      } catch (thrown) {
        for (const one of group) one.reject(translateDiskError(thrown));
        continue;
      }
      for (const one of group) one.resolve();
    }
    this.#running = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    // After a failed flush nobody knows what the disk holds, and a second try would be told that all is well.
    if (this.#broken !== undefined) throw new StoreUnwritable("an earlier flush failed", { cause: this.#broken });
    if (this.#at.offset >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) this.#roll();
    const place = { slot: this.#options.slot, segment: this.#at.segment };
    const { frame, next } = sealFrame(this.#options.key, place, this.#at, group.map((one) => one.text).join("\n"));
    this.#write(frame);
    try {
      await flushFile(this.#file);
    } catch (thrown) {
      this.#broken = thrown;
      throw thrown;
    }
    const at = this.#at;
    this.#at = next;
    this.#mark.write(next);
    this.fresh?.add(
      at,
      group.map((one) => one.note),
      next,
    );
  }

  /** Straight into the page cache: a few microseconds, where a turn through the thread pool costs thirty. */
  #write(frame: Buffer): void {
    try {
      writeWhole(this.#file, frame, this.#at.offset);
    } catch (thrown) {
      this.#cutBack(thrown);
      throw thrown;
    }
    this.#writeAhead(this.#at.offset + frame.length);
  }

  /**
   * A frame that takes the place of zeros makes the file no longer, so its flush has no change of the file's own to
   * write: that halves its time.
   */
  #writeAhead(end: number): void {
    if (end <= this.#zerosEnd) return;
    this.#zerosEnd = end + ZEROS.length;
    try {
      writeWhole(this.#file, ZEROS, end);
    } catch {
      // The frame itself is written. On a full disk it is flushed more slowly, and nothing else.
    }
  }

  /** Half a frame must not stay: the next one takes its place. */
  #cutBack(reason: unknown): void {
    this.#zerosEnd = 0;
    try {
      ftruncateSync(this.#file, this.#at.offset);
    } catch {
      this.#broken = reason; // the log cannot be continued; the reason it began with is the one to tell
    }
  }

  /** Once every 16 MiB, so it may wait for the disk. If it fails, the old segment simply grows on. */
  #roll(): void {
    // A segment that another one follows ends with its last frame, and does so before the other is there.
    ftruncateSync(this.#file, this.#at.offset);
    fsyncSync(this.#file);
    this.#zerosEnd = 0;
    const next = createSegment(this.#options, this.#at.segment + 1, this.#at.hash);
    const file = openSync(this.#path(next.segment), "r+");
    closeSync(this.#file);
    this.#file = file;
    this.#at = next;
    this.#mark.write(next);
  }

  #path(segment: number): string {
    return segmentPath(this.#options.folder, { slot: this.#options.slot, segment });
  }
}

function takeGroup(waiting: Waiting[]): Waiting[] {
  let [bytes, count] = [0, 0];
  for (const { text } of waiting) {
    bytes += text.length;
    if (count > 0 && bytes > GROUP_BYTES) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** The end of the last segment; what is half written behind it, or is no whole segment yet, is removed. */
function recoverTail(options: SlotLogOptions): Position {
  const { folder, slot, key } = options;
  const flushed = readFlushed(join(folder, slot));
  const segments = segmentsOf(folder, slot);
  const segment = segments.at(-1);
  if (flushed !== undefined && flushed.segment > (segment ?? 0)) {
    throw new TrailDamaged({ slot, segment: flushed.segment }, 0, "the segment is missing");
  }
  if (segment === undefined) return createSegment(options, 1, NO_HASH);
  const place = { slot, segment };
  // Only segments that others follow are packed.
  if (describeSegment(folder, place)?.isPacked)
    throw new TrailDamaged({ slot, segment: segment + 1 }, 0, "the segment is missing");
  const walk = walkSegment(key, folder, place, { flushed });
  if (walk.frames.length > 0) return cutTail(segmentPath(folder, place), walk.end);
  // An empty segment has no frame that vouches for its header: it is made again from the end of the one before.
  if (segment === 1) return createSegment(options, 1, NO_HASH);
  const before = walkSegment(key, folder, { slot, segment: segment - 1 }, { isLast: false });
  return createSegment(options, segment, before.end.hash);
}

function cutTail(path: string, end: Position): Position {
  const file = openSync(path, "r+");
  try {
    if (fstatSync(file).size > end.offset) ftruncateSync(file, end.offset);
    fsyncSync(file); // the tail that is kept may never have been flushed by the process that wrote it
  } finally {
    closeSync(file);
  }
  return end;
}

function createSegment({ folder, slot }: SlotLogOptions, segment: number, before: Buffer): Position {
  const path = segmentPath(folder, { slot, segment });
  const header = segmentHeader(segment, before);
  try {
    writeFlushed(path, header);
    flushFolder(join(folder, slot));
  } catch (thrown) {
    rmSync(path, { force: true });
    throw thrown;
  }
  return firstPosition(segment, header);
}

function writeFlushed(path: string, bytes: Buffer): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeWhole(file, bytes, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
