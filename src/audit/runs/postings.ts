import { needs } from "../../base/index.js";

/**
 * A run's terms in rising order, each with the numbers of its events, rising too, packed into rows of a page. A row is a
 * list of parts: term (5 bytes), length of the numbers in bytes (2), the first number and then the distances, seven bits
 * a byte. A term whose numbers do not fit goes on in the next row.
 */
export interface TermRow {
  /** The row's first term, and the first of its numbers. */
  readonly term: number;
  readonly at: number;
  readonly data: Uint8Array;
}

const ROW_BYTES = 3960;
const TERM_BYTES = 5;
const PART_HEADER_BYTES = TERM_BYTES + 2;
/** Of a number below 2^32. */
const MOST_NUMBER_BYTES = 5;

/** Terms are added in rising order. */
export class TermWriter {
  readonly #rows: TermRow[] = [];
  #row: Buffer = Buffer.allocUnsafe(ROW_BYTES);
  #used = 0;
  #first: { term: number; at: number } = { term: 0, at: 0 };

  add(term: number, numbers: ArrayLike<number>): void {
    for (let done = 0; done < numbers.length; ) {
      if (this.#used + PART_HEADER_BYTES + MOST_NUMBER_BYTES > ROW_BYTES) this.#cut();
      done = this.#addPart(term, numbers, done);
    }
  }

  rows(): TermRow[] {
    if (this.#used > 0) this.#cut();
    return this.#rows;
  }

  /** Gives how many of the numbers are written now. */
  #addPart(term: number, numbers: ArrayLike<number>, from: number): number {
    if (this.#used === 0) this.#first = { term, at: numbers[from] ?? 0 };
    const row = this.#row;
    const header = this.#used;
    let at = header + PART_HEADER_BYTES;
    let [done, before] = [from, 0];
    for (; done < numbers.length && at + MOST_NUMBER_BYTES <= ROW_BYTES; done += 1) {
      const number = numbers[done] ?? 0;
      at = writeNumber(row, at, number - before);
      before = number;
    }
    row.writeUIntBE(term, header, TERM_BYTES);
    row.writeUInt16BE(at - header - PART_HEADER_BYTES, header + TERM_BYTES);
    this.#used = at;
    return done;
  }

  #cut(): void {
    this.#rows.push({ ...this.#first, data: this.#row.subarray(0, this.#used) });
    this.#row = Buffer.allocUnsafe(ROW_BYTES);
    this.#used = 0;
  }
}

function writeNumber(into: Buffer, from: number, number: number): number {
  let [at, rest] = [from, number];
  for (; rest > 0x7f; rest >>>= 7) into[at++] = (rest & 0x7f) | 0x80;
  into[at++] = rest;
  return at;
}

/** Reads the parts of rows one after the other. */
export class TermReader {
  readonly #rows: readonly Uint8Array[];
  #row: Buffer | undefined;
  #nextRow = 0;
  #at = 0;
  #end = 0;
  #term = 0;

  constructor(rows: readonly Uint8Array[]) {
    this.#rows = rows;
    this.#enter();
  }

  /** The term of the part that comes next; infinite when there is none. */
  get term(): number {
    return this.#term;
  }

  /** Appends the part's numbers and goes on to the next part. */
  take(into: number[]): void {
    const row = this.#row;
    needs(row !== undefined, "there is a part to read");
    let number = 0;
    while (this.#at < this.#end) {
      let [distance, shift] = [0, 0];
      for (let byte = 0x80; byte >= 0x80; shift += 7) {
        byte = row[this.#at++] ?? 0;
        distance += (byte & 0x7f) * 2 ** shift;
      }
      number += distance;
      into.push(number);
    }
    this.#enter();
  }

  skip(): void {
    this.#at = this.#end;
    this.#enter();
  }

  #enter(): void {
    if (this.#row === undefined || this.#at >= this.#row.length) {
      const next = this.#rows[this.#nextRow++];
      this.#row = next && Buffer.from(next.buffer, next.byteOffset, next.length);
      this.#at = 0;
    }
    if (this.#row === undefined) {
      this.#term = Number.POSITIVE_INFINITY;
      return;
    }
    this.#term = this.#row.readUIntBE(this.#at, TERM_BYTES);
    const bytes = this.#row.readUInt16BE(this.#at + TERM_BYTES);
    this.#at += PART_HEADER_BYTES;
    this.#end = this.#at + bytes;
    needs(this.#end <= this.#row.length, "a part ends within its row");
  }
}
