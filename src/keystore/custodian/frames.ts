import { LIMITS, needs } from "../../base/index.js";

/**
 * Frames on the custodian's socket: length of the rest (32 bits), number (32 bits), code (8 bits), then fields, each
 * a length (32 bits) and its bytes. Integers are big-endian.
 */
export interface Frame {
  readonly id: number;
  readonly code: number;
  /** Views into `bytes`. */
  readonly fields: readonly Buffer[];
  /** For who keeps it longer than it was given. */
  wipe(): void;
}

export type Field = string | Uint8Array;

const HEAD_BYTES = 9;
const MOST_FIELDS = 16;
const BATCH_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/** Bytes that are no frame. Whoever sends them is not one of ours. */
export class BadFrame extends Error {
  override readonly name = "BadFrame";
}

/** Collects frames into few buffers, so that all of one tick go out in one write. */
export class FrameBatch {
  #buffer: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  /** The last buffer that was written, wiped, to be filled again. */
  #spare: Buffer | undefined;
  #used = 0;
  #full: Buffer[] = [];

  add(id: number, code: number, fields: readonly Field[]): void {
    const frameBytes = sizeOf(fields);
    needs(frameBytes <= LIMITS.custodianFrameBytes, "a frame is bounded");
    if (this.#used + frameBytes > this.#buffer.length) this.#turn(frameBytes);
    const at = this.#used;
    this.#buffer.writeUInt32BE(frameBytes - 4, at);
    this.#buffer.writeUInt32BE(id, at + 4);
    this.#buffer[at + 8] = code;
    this.#used = this.#writeFields(fields, at + HEAD_BYTES);
  }

  /** What was collected. The taker gives each buffer back with `reuse` once it is written. */
  take(): Buffer[] {
    const taken = this.#used > 0 ? [...this.#full, this.#buffer.subarray(0, this.#used)] : this.#full;
    this.#full = [];
    if (this.#used > 0) this.#buffer = this.#spare ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
    this.#spare = undefined;
    this.#used = 0;
    return taken;
  }

  /** Wipes what was written, which held plaintexts and data keys, and keeps the memory for the next batch. */
  reuse(written: Buffer): void {
    written.fill(0);
    if (written.buffer.byteLength === BATCH_BYTES) this.#spare = Buffer.from(written.buffer);
  }

  #turn(leastBytes: number): void {
    if (this.#used > 0) this.#full.push(this.#buffer.subarray(0, this.#used));
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(BATCH_BYTES, leastBytes));
    this.#used = 0;
  }

  #writeFields(fields: readonly Field[], from: number): number {
    let at = from;
    for (const field of fields) {
      const start = at + 4;
      if (typeof field === "string") at = start + this.#buffer.write(field, start, "utf8");
      else {
        this.#buffer.set(field, start);
        at = start + field.length;
      }
      this.#buffer.writeUInt32BE(at - start, start - 4);
    }
    return at;
  }
}

/** Cuts what a socket gives into frames. Throws BadFrame for what cannot be one or is longer than allowed. */
export class FrameReader {
  #rest: Buffer = EMPTY;
  #mostBytes: number;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  allow(mostBytes: number): void {
    this.#mostBytes = mostBytes;
  }

  /**
   * `onFrame` tells whether it keeps the frame: it wipes it then. What it does not keep is wiped here, and if it never keeps
   * any, the chunk's memory is free to be read into again.
   */
  push(chunk: Buffer, onFrame: (frame: Frame) => boolean): void {
    const bytes = this.#joined(chunk);
    let at = 0;
    let toWipe = 0;
    try {
      while (bytes.length - at >= 4) {
        const end = at + 4 + bytes.readUInt32BE(at);
        if (end - at > this.#mostBytes || end - at < HEAD_BYTES) throw new BadFrame("a frame is too long or too short");
        if (end > bytes.length) break;
        const isKept = onFrame(parseFrame(bytes, at, end));
        if (isKept) {
          bytes.fill(0, toWipe, at);
          toWipe = end;
        }
        at = end;
      }
    } catch (thrown) {
      bytes.fill(0, toWipe);
      throw thrown;
    }
    this.#rest = at === bytes.length ? EMPTY : keep(bytes.subarray(at));
    bytes.fill(0, toWipe); // all at once: a call for each frame costs more than the wiping
  }

  #joined(chunk: Buffer): Buffer {
    if (this.#rest.length === 0) return chunk;
    const joined = Buffer.concat([this.#rest, chunk]);
    this.#rest.fill(0);
    chunk.fill(0);
    return joined;
  }
}

function parseFrame(bytes: Buffer, from: number, end: number): Frame {
  const fields: Buffer[] = [];
  let at = from + HEAD_BYTES;
  while (at < end) {
    if (at + 4 > end || fields.length === MOST_FIELDS) throw new BadFrame("the fields do not add up");
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    if (at > end) throw new BadFrame("the fields do not add up");
    fields.push(bytes.subarray(start, at));
  }
  return new ReadFrame(bytes, from, end, fields);
}

class ReadFrame implements Frame {
  readonly id: number;
  readonly code: number;
  readonly fields: readonly Buffer[];
  readonly #chunk: Buffer;
  readonly #from: number;
  readonly #end: number;

  constructor(chunk: Buffer, from: number, end: number, fields: readonly Buffer[]) {
    this.id = chunk.readUInt32BE(from + 4);
    this.code = chunk[from + 8] ?? 0;
    this.fields = fields;
    this.#chunk = chunk;
    this.#from = from;
    this.#end = end;
  }

  wipe(): void {
    this.#chunk.fill(0, this.#from, this.#end);
  }
}

function sizeOf(fields: readonly Field[]): number {
  let size = HEAD_BYTES;
  for (const field of fields) size += 4 + (typeof field === "string" ? Buffer.byteLength(field) : field.length);
  return size;
}

/** A copy in memory of its own, which stays when the frame is wiped. */
export function keep(field: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(field.length);
  copy.set(field);
  return copy;
}
