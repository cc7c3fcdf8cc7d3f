/**
 * The little of DER (X.690) that keys and signatures are written in. Reading is strict: one encoding for each value,
 * nothing behind the end.
 */
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const SEQUENCE = 0x30;

/** A context-specific tag: [0], [1] … */
export const tagged = (number: number): number => 0xa0 | number;

const MOST_BYTES = 0xffff;

export class BadDer extends Error {
  override readonly name = "BadDer";
}

export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Reads what is inside the next element, which must have that tag. */
  read(tag: number): Buffer {
    if (this.#bytes[this.#at] !== tag) throw new BadDer("another tag");
    this.#at += 1;
    const end = this.#readLength() + this.#at;
    if (end > this.#bytes.length) throw new BadDer("cut short");
    const inside = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return inside;
  }

  /** The same where the element may be missing. */
  readOptional(tag: number): Buffer | undefined {
    return this.#bytes[this.#at] === tag ? this.read(tag) : undefined;
  }

  /** An element with its tag and length, as it is written. */
  readWhole(tag: number): Buffer {
    const start = this.#at;
    this.read(tag);
    return this.#bytes.subarray(start, this.#at);
  }

  /** A positive integer without the zero that says it is positive. Zero itself is no bytes. */
  readPositive(): Buffer {
    const inside = this.read(INTEGER);
    const [first, second] = inside;
    if (first === undefined || first >= 0x80) throw new BadDer("not a positive integer");
    if (first > 0) return inside;
    if (second !== undefined && second < 0x80) throw new BadDer("a zero too many");
    return inside.subarray(1);
  }

  end(): void {
    if (!this.isDone) throw new BadDer("bytes behind the end");
  }

  #readLength(): number {
    const first = this.#next();
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count < 1 || count > 2) throw new BadDer("an unbounded length");
    const length = count === 1 ? this.#next() : this.#next() * 256 + this.#next();
    if (length < (count === 1 ? 0x80 : 0x100)) throw new BadDer("a length longer than it needs to be");
    return length;
  }

  #next(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new BadDer("cut short");
    this.#at += 1;
    return byte;
  }
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes > MOST_BYTES) throw new BadDer("longer than any key");
  return Buffer.concat([Buffer.from([tag, ...lengthOf(bytes)]), ...parts]);
}

export const octets = (...parts: readonly Uint8Array[]): Buffer => der(OCTET_STRING, ...parts);
export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(SEQUENCE, ...parts);
/** Whole bytes: no bit is left over. */
export const bits = (bytes: Uint8Array): Buffer => der(BIT_STRING, Buffer.alloc(1), bytes);
export const smallInteger = (value: number): Buffer => der(INTEGER, Buffer.from([value]));

/** A positive integer of any number of bytes, leading zeros included or not. */
export function positive(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const short = bytes.subarray(start);
  return der(INTEGER, (short[0] ?? 0) >= 0x80 ? Buffer.alloc(1) : Buffer.alloc(0), short);
}

function lengthOf(bytes: number): number[] {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}
