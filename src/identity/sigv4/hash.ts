import crypto, { createHash } from "node:crypto";
import type { Bytes } from "../../base/index.js";

/** Lower-case hex of SHA-256. Text is hashed as UTF-8. */
export const sha256Hex: (data: Bytes | string) => string =
  // The one-shot form takes half the time, and Node has it from 20.12 on.
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "hex")
    : (data) => createHash("sha256").update(data).digest("hex");

const scratch = Buffer.alloc(8192);

/** The same of a text of one byte a character, without a buffer of its own. */
export function sha256HexOfBytes(text: string): string {
  if (text.length > scratch.length) return sha256Hex(Buffer.from(text, "latin1"));
  return sha256Hex(scratch.subarray(0, scratch.write(text, "latin1")));
}

export const EMPTY_SHA256 = sha256Hex("");
