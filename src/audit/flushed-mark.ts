import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../base/index.js";

const MARK_BYTES = 32;
const MAGIC = Buffer.from("SRTMARK\x01", "latin1");

/** How far a slot's log is known to be on the disk. */
export interface Flushed {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Written after each flush, before anyone is told: so other processes know what they may index, and after a crash
 * damage before it is told from a torn tail behind it. It is not flushed itself: a power cut may leave an old one,
 * which still is true.
 */
export class FlushedMark {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(MARK_BYTES);

  constructor(folder: string) {
    const path = join(folder, "flushed");
    closeSync(openSync(path, "a", 0o600));
    this.#file = openSync(path, "r+");
  }

  write({ segment, offset }: Flushed): void {
    MAGIC.copy(this.#buffer);
    this.#buffer.writeUInt32BE(segment, 8);
    this.#buffer.writeUInt32BE(offset, 12);
    digestOf(this.#buffer).copy(this.#buffer, 16);
    writeSync(this.#file, this.#buffer, 0, MARK_BYTES, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Undefined when there is none, or when it is not whole: it is only a lower bound. */
export function readFlushed(folder: string): Flushed | undefined {
  // Its owner may be writing it at this very moment: half of the old and half of the new is read again.
  return parseFlushed(folder) ?? parseFlushed(folder) ?? parseFlushed(folder);
}

function parseFlushed(folder: string): Flushed | undefined {
  const mark = readIfThere(join(folder, "flushed"));
  if (mark?.length !== MARK_BYTES || !mark.subarray(0, 8).equals(MAGIC)) return undefined;
  if (!equalBytes(digestOf(mark), mark.subarray(16))) return undefined;
  return { segment: mark.readUInt32BE(8), offset: mark.readUInt32BE(12) };
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}

const digestOf = (mark: Buffer) => createHash("sha256").update(mark.subarray(0, 16)).digest().subarray(0, 16);
