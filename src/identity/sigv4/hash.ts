import { sha256Hex } from "../../crypto/index.js";

export { sha256Hex };

const scratch = Buffer.alloc(8192);

/** The same of a text of one byte a character, without a buffer of its own. */
export function sha256HexOfBytes(text: string): string {
  if (text.length > scratch.length) return sha256Hex(Buffer.from(text, "latin1"));
  return sha256Hex(scratch.subarray(0, scratch.write(text, "latin1")));
}

export const EMPTY_SHA256 = sha256Hex("");
