import * as zlib from "node:zlib";
import { needs } from "../../base/index.js";

/**
 * The cyclic redundancy checks of S3: all reflected, started with all ones and inverted at the end. They are on the
 * path of every uploaded byte, so they take sixteen bytes a step from tables ("slicing").
 */
export interface Crc {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

const CRC32_POLYNOMIAL = 0xedb88320;
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** The NVM Express 64-bit CRC (`CRC64NVME`), reflected. */
const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const SLICES = 16;

export function makeCrc32(): Crc {
  return typeof zlib.crc32 === "function" ? new NativeCrc32(zlib.crc32) : new SlicedCrc32(crc32Tables());
}

export function makeCrc32c(): Crc {
  return new SlicedCrc32(crc32cTables());
}

export function makeCrc64Nvme(): Crc {
  return new SlicedCrc64();
}

/** Node has it from 20.15 and 22.2 on, several times faster than any table. */
class NativeCrc32 implements Crc {
  readonly #crc32: (data: Uint8Array, value: number) => number;
  #value = 0;

  constructor(crc32: (data: Uint8Array, value: number) => number) {
    this.#crc32 = crc32;
  }

  update(bytes: Uint8Array): void {
    this.#value = this.#crc32(bytes, this.#value);
  }

  digest(): Buffer {
    return bigEndian32(this.#value);
  }
}

class SlicedCrc32 implements Crc {
  readonly #tables: Int32Array;
  #state = -1;

  constructor(tables: Int32Array) {
    this.#tables = tables;
  }

  update(bytes: Uint8Array): void {
    this.#state = slice32(this.#tables, this.#state, bytes);
  }

  digest(): Buffer {
    return bigEndian32(~this.#state);
  }
}

/** One flat table, slice after slice: the optimiser keeps one base address and no bounds surprises. */
function slice32(table: Int32Array, start: number, bytes: Uint8Array): number {
  let crc = start;
  let at = 0;
  const end = bytes.length - SLICES;
  for (; at <= end; at += SLICES) {
    const first = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      table[3840 + (first & 255)]! ^
      table[3584 + ((first >>> 8) & 255)]! ^
      table[3328 + ((first >>> 16) & 255)]! ^
      table[3072 + (first >>> 24)]! ^
      table[2816 + bytes[at + 4]!]! ^
      table[2560 + bytes[at + 5]!]! ^
      table[2304 + bytes[at + 6]!]! ^
      table[2048 + bytes[at + 7]!]! ^
      table[1792 + bytes[at + 8]!]! ^
      table[1536 + bytes[at + 9]!]! ^
      table[1280 + bytes[at + 10]!]! ^
      table[1024 + bytes[at + 11]!]! ^
      table[768 + bytes[at + 12]!]! ^
      table[512 + bytes[at + 13]!]! ^
      table[256 + bytes[at + 14]!]! ^
      table[bytes[at + 15]!]!;
  }
  for (; at < bytes.length; at++) crc = table[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return crc;
}

/** Made at once: of a constant table the optimiser knows the length, and drops its checks of every index. */
const CRC64_TABLES = makeTables64();

/** 64 bits as two 32-bit halves: BigInt arithmetic would cost a hundred times as much. */
class SlicedCrc64 implements Crc {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    const { head, words, tail } = inWords(bytes);
    this.#byBytes(head);
    this.#byWords(words);
    this.#byBytes(tail);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32BE(~this.#high, 0);
    bytes.writeInt32BE(~this.#low, 4);
    return bytes;
  }

  /** Sixteen bytes a step, without a list in the loop, which would cost half the speed. The last eight do not depend on the step before, so they are looked up meanwhile. */
  #byWords(words: Int32Array): void {
    const { low: L, high: H } = CRC64_TABLES;
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < words.length; at += 4) {
      const c = words[at + 2]!;
      const d = words[at + 3]!;
      const c0 = 1792 + (c & 255);
      const c1 = 1536 + ((c >>> 8) & 255);
      const c2 = 1280 + ((c >>> 16) & 255);
      const c3 = 1024 + (c >>> 24);
      const d0 = 768 + (d & 255);
      const d1 = 512 + ((d >>> 8) & 255);
      const d2 = 256 + ((d >>> 16) & 255);
      const d3 = d >>> 24;
      const lowAhead = L[c0]! ^ L[c1]! ^ (L[c2]! ^ L[c3]!) ^ (L[d0]! ^ L[d1]! ^ (L[d2]! ^ L[d3]!));
      const highAhead = H[c0]! ^ H[c1]! ^ (H[c2]! ^ H[c3]!) ^ (H[d0]! ^ H[d1]! ^ (H[d2]! ^ H[d3]!));
      const a = low ^ words[at]!;
      const b = high ^ words[at + 1]!;
      const a0 = 3840 + (a & 255);
      const a1 = 3584 + ((a >>> 8) & 255);
      const a2 = 3328 + ((a >>> 16) & 255);
      const a3 = 3072 + (a >>> 24);
      const b0 = 2816 + (b & 255);
      const b1 = 2560 + ((b >>> 8) & 255);
      const b2 = 2304 + ((b >>> 16) & 255);
      const b3 = 2048 + (b >>> 24);
      low = lowAhead ^ (L[a0]! ^ L[a1]! ^ (L[a2]! ^ L[a3]!)) ^ (L[b0]! ^ L[b1]! ^ (L[b2]! ^ L[b3]!));
      high = highAhead ^ (H[a0]! ^ H[a1]! ^ (H[a2]! ^ H[a3]!)) ^ (H[b0]! ^ H[b1]! ^ (H[b2]! ^ H[b3]!));
    }
    this.#low = low;
    this.#high = high;
  }

  #byBytes(bytes: Uint8Array): void {
    const { low: L, high: H } = CRC64_TABLES;
    for (const byte of bytes) {
      const index = (this.#low ^ byte) & 255;
      this.#low = L[index]! ^ ((this.#low >>> 8) | (this.#high << 24));
      this.#high = H[index]! ^ (this.#high >>> 8);
    }
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const NO_WORDS = new Int32Array(0);

/** The same memory as whole steps of aligned words, and the odd bytes before and after them. */
function inWords(bytes: Uint8Array): { head: Uint8Array; words: Int32Array; tail: Uint8Array } {
  const headBytes = Math.min((4 - (bytes.byteOffset % 4)) % 4, bytes.length);
  const steps = Math.floor((bytes.length - headBytes) / SLICES);
  if (!IS_LITTLE_ENDIAN || steps === 0) return { head: bytes, words: NO_WORDS, tail: bytes.subarray(bytes.length) };
  return {
    head: bytes.subarray(0, headBytes),
    words: new Int32Array(bytes.buffer, bytes.byteOffset + headBytes, steps * 4),
    tail: bytes.subarray(headBytes + steps * SLICES),
  };
}

/**
 * The check of `a` followed by `b` from their checks and the length of `b`, without their bytes: what S3's full-object
 * checksum of a multipart upload is. Appending n zero bytes is a linear map, found by squaring.
 */
export function combineCrcs(algorithm: "CRC32" | "CRC32C" | "CRC64NVME", a: Buffer, b: Buffer, bBytes: number): Buffer {
  needs(a.length === b.length, "checks of one algorithm have one length");
  const { polynomial, bits } = POLYNOMIALS[algorithm];
  const joined =
    shiftByZeros(BigInt(`0x${a.toString("hex")}`), bBytes, polynomial, bits) ^ BigInt(`0x${b.toString("hex")}`);
  return Buffer.from(joined.toString(16).padStart(bits / 4, "0"), "hex");
}

const POLYNOMIALS = {
  CRC32: { polynomial: BigInt(CRC32_POLYNOMIAL), bits: 32 },
  CRC32C: { polynomial: BigInt(CRC32C_POLYNOMIAL), bits: 32 },
  CRC64NVME: { polynomial: CRC64NVME_POLYNOMIAL, bits: 64 },
} as const;

/** Multiplies by x^(8 * zeros) modulo the polynomial, in the reflected order of bits. */
function shiftByZeros(value: bigint, zeros: number, polynomial: bigint, bits: number): bigint {
  let shifted = value;
  for (let power = 0, left = zeros; left > 0; power++, left = Math.floor(left / 2)) {
    if (left % 2 === 1) shifted = multiply(shifted, zeroBytesPower(power, polynomial, bits), polynomial, bits);
  }
  return shifted;
}

const powers = new Map<bigint, bigint[]>();

/** x^(8 * 2^power), remembered: fifty or so numbers for each polynomial. */
function zeroBytesPower(power: number, polynomial: bigint, bits: number): bigint {
  const known = powers.get(polynomial) ?? [1n << BigInt(bits - 1 - 8)];
  powers.set(polynomial, known);
  while (known.length <= power) {
    const last = known[known.length - 1]!;
    known.push(multiply(last, last, polynomial, bits));
  }
  return known[power]!;
}

/** Product of two polynomials in reflected order: the highest bit is the coefficient of x^0. */
function multiply(a: bigint, b: bigint, polynomial: bigint, bits: number): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = BigInt(bits - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

function bigEndian32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

const crc32Tables = once(() => makeTables32(CRC32_POLYNOMIAL));
const crc32cTables = once(() => makeTables32(CRC32C_POLYNOMIAL));

function makeTables32(polynomial: number): Int32Array {
  const table = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!;
    table[at] = table[before & 255]! ^ (before >>> 8);
  }
  return table;
}

function makeTables64(): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(256 * SLICES);
  const high = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ CRC64NVME_POLYNOMIAL : crc >> 1n;
    low[byte] = Number(BigInt.asIntN(32, crc));
    high[byte] = Number(BigInt.asIntN(32, crc >> 32n));
  }
  for (let at = 256; at < low.length; at++) {
    const lowBefore = low[at - 256]!;
    const highBefore = high[at - 256]!;
    low[at] = low[lowBefore & 255]! ^ ((lowBefore >>> 8) | (highBefore << 24));
    high[at] = high[lowBefore & 255]! ^ (highBefore >>> 8);
  }
  return { low, high };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
