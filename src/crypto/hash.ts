import { createHash } from "node:crypto";
import type { Bytes } from "../base/index.js";

export function sha256(bytes: Bytes): Buffer {
  return createHash("sha256").update(bytes).digest();
}
