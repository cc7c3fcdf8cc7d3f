import * as zlib from "node:zlib";
import { needs } from "../../base/index.js";
import { addonCrc } from "../../crypto/index.js";
import { CrcKernel } from "./crc-kernel.js";

/** The cyclic redundancy checks of S3: all reflected, started with all ones and inverted at the end. */
export interface Crc {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

const POLYNOMIALS = {
  CRC32: { polynomial: 0xedb88320n, bits: 32 },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32 },
  /** The NVM Express 64-bit check. */
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64 },
} as const;

export function makeCrc32(): Crc {
  return addonCrc === undefined && typeof zlib.crc32 === "function"
    ? new NativeCrc32(zlib.crc32)
    : new SlicedCrc("CRC32");
}

export function makeCrc32c(): Crc {
  return new SlicedCrc("CRC32C");
}

export function makeCrc64Nvme(): Crc {
  return new SlicedCrc("CRC64NVME");
}

/** Node has it from 20.15 and 22.2 on, several times faster than any table, and half as fast as the addon. */
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
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

class SlicedCrc implements Crc {
  readonly #kernel: Kernel;
  readonly #bits: 32 | 64;
  #register: bigint;

  constructor(algorithm: keyof typeof POLYNOMIALS) {
    this.#kernel = kernelOf(algorithm);
    this.#bits = POLYNOMIALS[algorithm].bits;
    this.#register = inverted(0n, this.#bits);
  }

  update(bytes: Uint8Array): void {
    this.#register = this.#kernel.update(this.#register, bytes);
  }

  digest(): Buffer {
    return bigEndian(inverted(this.#register, this.#bits), this.#bits);
  }
}

const inverted = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, ~value);

const bigEndian = (value: bigint, bits: number): Buffer =>
  Buffer.from(value.toString(16).padStart(bits / 4, "0"), "hex");

type Kernel = Pick<CrcKernel, "update">;
const kernels = new Map<string, Kernel>();

/** One for each algorithm: between two calls it holds no state. */
function kernelOf(algorithm: keyof typeof POLYNOMIALS): Kernel {
  let kernel = kernels.get(algorithm);
  if (kernel === undefined) {
    kernel = kernelFor(POLYNOMIALS[algorithm].polynomial);
    kernels.set(algorithm, kernel);
  }
  return kernel;
}

/** The addon's is four times as fast as the one in WebAssembly. */
const kernelFor = (polynomial: bigint): Kernel =>
  addonCrc === undefined
    ? new CrcKernel(polynomial)
    : { update: (register, bytes) => addonCrc!(register, polynomial, bytes) };

/**
 * The check of `a` followed by `b` from their checks and the length of `b`, without their bytes: what S3's full-object
 * checksum of a multipart upload is. Appending n zero bytes is a linear map, found by squaring.
 */
export function combineCrcs(algorithm: "CRC32" | "CRC32C" | "CRC64NVME", a: Buffer, b: Buffer, bBytes: number): Buffer {
  needs(a.length === b.length, "checks of one algorithm have one length");
  const { polynomial, bits } = POLYNOMIALS[algorithm];
  const joined =
    shiftByZeros(BigInt(`0x${a.toString("hex")}`), bBytes, polynomial, bits) ^ BigInt(`0x${b.toString("hex")}`);
  return bigEndian(joined, bits);
}

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
