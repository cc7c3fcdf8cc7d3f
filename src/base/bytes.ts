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
