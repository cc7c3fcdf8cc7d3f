import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { equalBytes } from "../base/index.js";
import { StoreDamaged } from "./errors.js";
import { PAGE_BYTES } from "./sqlite-connection.js";

/**
 * SQLite ends its write-ahead log at the first frame whose checksum is wrong, silently: right for a torn tail, but a
 * changed bit in an acknowledged frame would take acknowledged commits with it. So after each flush a small file
 * beside the log says how far the log is known to be good. It is a lower bound and never flushed itself: after a
 * power cut it may be old, never wrong.
 */
const MARK_BYTES = 32;
const MAGIC = Buffer.from("SRWM\x01\0\0\0", "latin1");
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
const SALT_AT = 16;
const SALT_BYTES = 8;

const markPath = (path: string) => `${path}-mark`;
const walPath = (path: string) => `${path}-wal`;

/** Where the log of one database stands: which of its generations (salt), and how many frames of it are good. */
export interface LogPosition {
  readonly salt: Buffer;
  readonly frames: number;
}

export class WalMark {
  readonly #wal: number;
  readonly #mark: number;
  readonly #buffer = Buffer.alloc(MARK_BYTES);

  /** The log exists once a connection is open. */
  constructor(path: string) {
    this.#wal = openSync(walPath(path), "r");
    this.#mark = openSync(markPath(path), "a+", 0o600);
    closeSync(this.#mark);
    this.#mark = openSync(markPath(path), "r+");
  }

  /** The log's descriptor, for flushing. No lock of SQLite's is on that file, so closing it later frees none. */
  get walDescriptor(): number {
    return this.#wal;
  }

  salt(): Buffer {
    const salt = Buffer.alloc(SALT_BYTES);
    readSync(this.#wal, salt, 0, SALT_BYTES, SALT_AT);
    return salt;
  }

  write(position: LogPosition): void {
    encodeMark(this.#buffer, position);
    writeSync(this.#mark, this.#buffer, 0, MARK_BYTES, 0);
  }

  /** Before the log goes away on purpose. */
  clear(): void {
    this.write({ salt: Buffer.alloc(SALT_BYTES), frames: 0 });
  }

  close(): void {
    closeSync(this.#wal);
    closeSync(this.#mark);
  }
}

/** Throws StoreDamaged when the log does not hold what the mark says it holds. Before SQLite looks at the log. */
export function checkLogAgainstMark(path: string): void {
  const mark = readMark(path);
  if (mark === undefined || mark.frames === 0) return;
  const log = existsSync(walPath(path)) ? readFileSync(walPath(path)) : Buffer.alloc(0);
  const good = goodFrames(log);
  if (good === undefined) throw new StoreDamaged("the header of the write-ahead log is damaged");
  if (!equalBytes(log.subarray(SALT_AT, SALT_AT + SALT_BYTES), mark.salt)) return; // a later generation of the log
  if (good < mark.frames) throw new StoreDamaged(`the write-ahead log is damaged at frame ${good + 1}`);
}

export function removeMark(path: string): void {
  rmSync(markPath(path), { force: true });
}

function encodeMark(out: Buffer, { salt, frames }: LogPosition): void {
  MAGIC.copy(out, 0);
  salt.copy(out, 8);
  out.writeUInt32BE(frames, 16);
  digestOf(out).copy(out, 20);
}

/** A mark that is not whole says nothing: it only guards the log, it holds no data. */
function readMark(path: string): LogPosition | undefined {
  if (!existsSync(markPath(path))) return undefined;
  const mark = readFileSync(markPath(path));
  if (mark.length !== MARK_BYTES || !mark.subarray(0, 8).equals(MAGIC)) return undefined;
  if (!equalBytes(digestOf(mark), mark.subarray(20, 32))) return undefined;
  return { salt: mark.subarray(8, 16), frames: mark.readUInt32BE(16) };
}

const digestOf = (mark: Buffer) => createHash("sha256").update(mark.subarray(0, 20)).digest().subarray(0, 12);

/**
 * Frames that follow each other from the start with the right salt and checksum, as SQLite's recovery counts them
 * (https://www.sqlite.org/fileformat2.html#walformat); undefined when not even the header is right.
 */
function goodFrames(log: Buffer): number | undefined {
  if (log.length < HEADER_BYTES) return undefined;
  const magic = log.readUInt32BE(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return undefined;
  const isBigEndian = magic === 0x377f0683;
  const sum = new Checksum(isBigEndian);
  sum.add(log.subarray(0, 24));
  if (!sum.equals(log, 24) || log.readUInt32BE(8) !== PAGE_BYTES) return undefined;
  let frames = 0;
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= log.length; at += FRAME_BYTES) {
    if (log.compare(log, SALT_AT, SALT_AT + SALT_BYTES, at + 8, at + 8 + SALT_BYTES) !== 0) break;
    sum.add(log.subarray(at, at + 8));
    sum.add(log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_BYTES));
    if (!sum.equals(log, at + 16)) break;
    frames += 1;
  }
  return frames;
}

/** The log's running checksum: two 32-bit sums over pairs of words, in the byte order that the header names. */
class Checksum {
  readonly #isBigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0;
    }
  }

  equals(log: Buffer, at: number): boolean {
    return log.readUInt32BE(at) === this.#first && log.readUInt32BE(at + 4) === this.#second;
  }

  #word(bytes: Buffer, at: number): number {
    return this.#isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
