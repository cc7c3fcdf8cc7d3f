import { BrokenSeal, type SealingKey } from "../crypto/index.js";
import type { Flushed } from "./flushed-mark.js";
import {
  after,
  checkFollows,
  FRAME_HEADER_BYTES,
  firstPosition,
  frameBytes,
  isSegmentHeader,
  MOST_FRAME_BYTES,
  NO_HASH,
  openFrame,
  type Place,
  type Position,
  SEGMENT_HEADER_BYTES,
  TrailDamaged,
} from "./frame.js";
import type { ReadableSegment } from "./readable-segment.js";
import { openSegment } from "./segment-file.js";
import type { ReadFrame } from "./segments.js";

/** Reads a slot's frames in order from a position, through its segments, up to what is known to be flushed. */
export class FrameReader {
  readonly #folder: string;
  readonly #slot: string;
  readonly #key: SealingKey;
  readonly #goal: Flushed;
  #at: Position;
  #file: ReadableSegment | undefined;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  constructor(
    folder: string,
    slot: string,
    key: SealingKey,
    from: Position | undefined,
    goal: Flushed,
    beginning?: { readonly segment: number; readonly before: string },
  ) {
    this.#folder = folder;
    this.#slot = slot;
    this.#key = key;
    this.#goal = goal;
    const before = beginning === undefined ? NO_HASH : Buffer.from(beginning.before, "hex");
    this.#at = from ?? this.#enter(beginning?.segment ?? 1, before);
  }

  /** Where the next frame stands. */
  get at(): Position {
    return this.#at;
  }

  next(): ReadFrame | undefined {
    if (this.#isThrough()) return undefined;
    const frame = this.#frameHere();
    if (frame === undefined) {
      if (this.#at.segment >= this.#goal.segment) throw this.#damaged("it is cut off");
      this.#at = this.#enter(this.#at.segment + 1, this.#at.hash);
      return this.next();
    }
    const at = this.#at;
    const records = this.#open(frame);
    this.#at = after(at, frame);
    return { at, records };
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #isThrough(): boolean {
    const { segment, offset } = this.#at;
    return segment > this.#goal.segment || (segment === this.#goal.segment && offset >= this.#goal.offset);
  }

  #open(frame: Buffer): string[] {
    try {
      checkFollows(this.#at, frame);
      return openFrame(this.#key, this.#place(), frame);
    } catch (thrown) {
      if (thrown instanceof BrokenSeal) throw this.#damaged("it does not open");
      throw thrown;
    }
  }

  #frameHere(): Buffer | undefined {
    const header = this.#bytes(this.#at.offset, FRAME_HEADER_BYTES);
    if (header.length === 0) return undefined;
    const length = frameBytes(header, 0);
    if (length === undefined || length > MOST_FRAME_BYTES) throw this.#damaged("its header is wrong");
    const frame = this.#bytes(this.#at.offset, length);
    if (frame.length < length) throw this.#damaged("it is cut off");
    return frame;
  }

  #enter(segment: number, before: Buffer): Position {
    this.close();
    this.#window = Buffer.alloc(0);
    const place = { slot: this.#slot, segment };
    this.#file = openSegment(this.#key, this.#folder, place);
    const header = this.#bytes(0, SEGMENT_HEADER_BYTES);
    if (!isSegmentHeader(header, segment, before)) throw new TrailDamaged(place, 0, "its header is wrong");
    return firstPosition(segment, header);
  }

  /** Bytes of the segment from the window, which moves along; fewer at the file's end. */
  #bytes(offset: number, length: number): Buffer {
    const start = offset - this.#windowAt;
    if (start < 0 || start + length > this.#window.length) this.#fill(offset, length);
    const from = offset - this.#windowAt;
    return this.#window.subarray(from, from + length);
  }

  #fill(offset: number, length: number): void {
    this.#file ??= openSegment(this.#key, this.#folder, this.#place());
    this.#window = this.#file.read(offset, Math.max(length, this.#file.windowBytes));
    this.#windowAt = offset;
  }

  #place(): Place {
    return { slot: this.#slot, segment: this.#at.segment };
  }

  #damaged(what: string): TrailDamaged {
    return new TrailDamaged(this.#place(), this.#at.frame, what);
  }
}
