import type { Bytes } from "../base/index.js";
import { primitives } from "./primitives.js";

export const sha256 = (bytes: Bytes): Buffer => primitives.sha256(bytes);

/** See `Primitives.crc`. Protects against accidents alone. */
export const addonCrc = primitives.crc;

/** See `Primitives.write`. */
export const addonWrite = primitives.write;

/** Lower-case hex of SHA-256. Text is hashed as UTF-8. */
export const sha256Hex = (data: Bytes | string): string => primitives.sha256Hex(data);
