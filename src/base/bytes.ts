import { timingSafeEqual } from "node:crypto";

export type Bytes = Uint8Array;

export const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");
export const hex = (bytes: Bytes): string => asBuffer(bytes).toString("hex");
export const base64 = (bytes: Bytes): string => asBuffer(bytes).toString("base64");

/** The same memory as a Buffer, never a copy. */
export function asBuffer(bytes: Bytes): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Compares without telling where the first difference is. Different lengths are different. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Strict base64 (standard alphabet, padded): undefined for anything else, where Buffer would guess. */
export function parseBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64");
}

/** Lower-case or upper-case hex of even length; undefined for anything else. */
export function parseHex(text: string): Buffer | undefined {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, "hex") : undefined;
}

/**
 * Gives the memory back that nobody will read any more, now instead of at some collection: the next buffer of that size
 * then lies in the same, still warm memory. The bytes are gone for all who hold them. What is small may lie in memory that
 * others share, and is left alone; so is everything where the engine cannot do it.
 */
export function letGo(bytes: Bytes): void {
  const { buffer } = bytes;
  const loan = loans.get(buffer);
  if (loan !== undefined) endLoan(loan, bytes);
  else if (bytes.byteLength >= LEAST_OWN_BYTES && bytes.byteLength === buffer.byteLength) detach(buffer);
}

/**
 * Gives bytes out of memory that is used again and again: `letGo` of these very bytes calls `takeBack`, once, and never
 * takes such memory away. Who keeps or cuts them without letting go keeps the memory; it is then collected as any other.
 */
export function lend<T extends Bytes>(bytes: T, takeBack: () => void): T {
  loans.set(bytes.buffer, { bytes, takeBack });
  return bytes;
}

interface Loan {
  readonly bytes: Bytes;
  takeBack: (() => void) | undefined;
}

/** By the memory, which is lent to one at a time. An ended loan stays, so that what is let go twice ends no other. */
const loans = new WeakMap<ArrayBufferLike, Loan>();

function endLoan(loan: Loan, bytes: Bytes): void {
  const { takeBack } = loan;
  if (loan.bytes !== bytes) return;
  loan.takeBack = undefined;
  takeBack?.();
}

/** Gives memory back at once, lent or not. Nobody may read it any more. */
export function detach(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) (buffer as Partial<Transferable>).transfer?.(0); // newer than the engine's types
}

/** Node's pool for small buffers is smaller than this. */
const LEAST_OWN_BYTES = 16 * 1024;

interface Transferable {
  transfer(newLength: number): ArrayBuffer;
}
