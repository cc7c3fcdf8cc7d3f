import crypto, { createHash } from "node:crypto";
import type { Bytes } from "../base/index.js";

export function sha256(bytes: Bytes): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Lower-case hex of SHA-256. Text is hashed as UTF-8. */
export const sha256Hex: (data: Bytes | string) => string =
  // The one-shot form takes half the time, and Node has it from 20.12 on.
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "hex")
    : (data) => createHash("sha256").update(data).digest("hex");
