import { closeSync, openSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { BrokenSeal, SEALED_RECORD_OVERHEAD, type SealingKey } from "../../crypto/index.js";
import {
  MOST_FRAME_BYTES,
  type Place,
  type Position,
  recordsOf,
  SEGMENT_HEADER_BYTES,
  sealFrameAgain,
  segmentHeader,
  TrailDamaged,
} from "../frame.js";
import { type ReadableSegment, readAt } from "../readable-segment.js";
import {
  type Block,
  type BlockEntry,
  blockAad,
  type Directory,
  decodeBlock,
  decodeDirectory,
  directoryAad,
  frameBytesOf,
  PACKED_HEADER_BYTES,
  type PackedHeader,
  parsePackedHeader,
} from "./format.js";

/** A block is cut when it holds this much plaintext; one frame may be longer. */
export const BLOCK_BYTES = 64 * 1024;
const MOST_BLOCK_BYTES = 2 * BLOCK_BYTES + MOST_FRAME_BYTES;
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;

/** One that has not its segment's name yet. */
export function openPacked(key: SealingKey, place: Place, path: string): PackedSegment {
  const file = openSync(path, "r");
  try {
    return new PackedSegment(key, place, file);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
}

/** Reads a packed segment as the one that it was made of: the same bytes at the same places. */
export class PackedSegment implements ReadableSegment {
  readonly isPacked = true;
  /** A block is made at a time. */
  readonly windowBytes = 1;
  readonly bytes: number;
  readonly #key: SealingKey;
  readonly #place: Place;
  readonly #file: number;
  readonly #directory: Directory;
  /** Where each block lies in the file. */
  readonly #blocksAt: readonly number[];
  #lastBlock: { readonly number: number; readonly block: Block } | undefined;

  /** The file is the segment's from now on, unless this throws TrailDamaged. */
  constructor(key: SealingKey, place: Place, file: number) {
    this.#key = key;
    this.#place = place;
    this.#file = file;
    const header = readAt(file, 0, PACKED_HEADER_BYTES);
    const { segmentBytes, directoryBytes } = this.#headerOf(header);
    this.bytes = segmentBytes;
    this.#directory = this.#openDirectory(header, directoryBytes);
    let at = PACKED_HEADER_BYTES + directoryBytes;
    this.#blocksAt = this.#directory.blocks.map(({ sealedBytes }) => {
      at += sealedBytes;
      return at - sealedBytes;
    });
  }

  read(offset: number, length: number): Buffer {
    const parts: Buffer[] = [];
    let [from, reached] = [offset, offset];
    if (offset < SEGMENT_HEADER_BYTES) {
      from = 0;
      reached = SEGMENT_HEADER_BYTES;
      parts.push(segmentHeader(this.#place.segment, this.#directory.before));
    }
    for (let number = this.#blockAt(reached); number !== undefined && reached < offset + length; ) {
      if (parts.length === 0) from = this.#entry(number).offset;
      const made = this.#makeAgain(number, parts.length === 0);
      if (made === undefined) break;
      parts.push(made);
      reached = this.#entry(number).offset + made.length;
      number = this.#blockAt(reached);
    }
    return Buffer.concat(parts).subarray(offset - from);
  }

  recordsAt(start: number): readonly string[] {
    const number = this.#blockAt(start);
    if (number === undefined) throw this.#damaged(0, "no frame begins there");
    let at = this.#entry(number).offset;
    for (const { plaintext } of this.#open(number).frames) {
      if (at === start) return recordsOf(plaintext);
      at += frameBytesOf(plaintext, SEALED_RECORD_OVERHEAD);
    }
    throw this.#damaged(this.#entry(number).frame, "no frame begins there");
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The frames of one block. Undefined where it is damaged and was not the one that is asked for. */
  #makeAgain(number: number, isAskedFor: boolean): Buffer | undefined {
    const { offset, frame } = this.#entry(number);
    let block: Block;
    try {
      block = this.#open(number);
    } catch (thrown) {
      if (isAskedFor || !(thrown instanceof TrailDamaged)) throw thrown;
      return undefined;
    }
    let at: Position = { segment: this.#place.segment, offset, frame, hash: block.before };
    const frames = block.frames.map(({ mark, plaintext }) => {
      const made = sealFrameAgain(this.#key, this.#place, at, mark, plaintext);
      at = made.next;
      return made.frame;
    });
    return Buffer.concat(frames);
  }

  #open(number: number): Block {
    if (this.#lastBlock?.number === number) return this.#lastBlock.block;
    const entry = this.#entry(number);
    const sealed = readAt(this.#file, this.#blocksAt[number] ?? 0, entry.sealedBytes);
    const block = openBlock(this.#key, this.#place, number, entry, sealed);
    this.#lastBlock = { number, block };
    return block;
  }

  #entry(number: number): BlockEntry {
    const entry = this.#directory.blocks[number];
    if (entry === undefined) throw this.#damaged(0, `it has no block ${number}`);
    return entry;
  }

  /** The block that holds this place; undefined before the first and behind the last. */
  #blockAt(offset: number): number | undefined {
    const { blocks } = this.#directory;
    let [low, high] = [0, offset >= this.bytes ? 0 : blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((blocks[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : low - 1;
  }

  #headerOf(bytes: Buffer): PackedHeader {
    const header = parsePackedHeader(bytes);
    if (header?.segment !== this.#place.segment || header.directoryBytes > MOST_DIRECTORY_BYTES)
      throw this.#damaged(0, "its header is wrong");
    return header;
  }

  #openDirectory(header: Buffer, directoryBytes: number): Directory {
    try {
      const sealed = readAt(this.#file, PACKED_HEADER_BYTES, directoryBytes);
      return decodeDirectory(this.#key.open(sealed, directoryAad(this.#place, header)));
    } catch (thrown) {
      if (thrown instanceof BrokenSeal) throw this.#damaged(0, "its directory does not open");
      throw thrown;
    }
  }

  #damaged(frame: number, what: string): TrailDamaged {
    return new TrailDamaged(this.#place, frame, what);
  }
}

/** Throws TrailDamaged, which names the block's first frame. */
function openBlock(key: SealingKey, place: Place, number: number, entry: BlockEntry, sealed: Buffer): Block {
  try {
    const compressed = key.open(sealed, blockAad(place, number, entry));
    return decodeBlock(brotliDecompressSync(compressed, { maxOutputLength: MOST_BLOCK_BYTES }));
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) throw new TrailDamaged(place, entry.frame, `block ${number} does not open`);
    throw thrown;
  }
}
