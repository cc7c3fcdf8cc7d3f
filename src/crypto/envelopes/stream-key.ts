import { type Bytes, utf8 } from "../../base/index.js";
import { NONCE_BYTES } from "../aead.js";
import { deriveKey, kdf, kdfInput } from "../kdf.js";
import type { KeyHandle } from "../key.js";
import { publicRandom } from "../random.js";
import { STREAM_HEADER_BYTES } from "./segment-layout.js";

const VERSION = 1;
const PREFIX_AT = 33;
const LABEL = utf8("strongroom/segmented-stream/1");

/** A fresh header: version, salt and nonce prefix. */
export function newStreamHeader(): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), publicRandom(STREAM_HEADER_BYTES - 1)]);
}

export function isStreamHeader(header: Bytes): boolean {
  return header.length === STREAM_HEADER_BYTES && header[0] === VERSION;
}

/** The key of this stream alone. Header and owner are bound by being derived from: a change of either is another key. */
export function streamKey(dataKey: KeyHandle, header: Bytes, owner: Bytes): KeyHandle {
  return deriveKey(dataKey, LABEL, Buffer.concat([header, owner]));
}

/** The same for whoever uses it once, and wipes it. */
export const streamKeyBytes = (dataKey: KeyHandle, header: Bytes, owner: Bytes): Buffer =>
  kdf(dataKey, LABEL, Buffer.concat([header, owner]));

/** What the stream's key is the HMAC of, with room at `headerAt` for the header. */
export function streamKeyInput(owner: Bytes): { readonly message: Buffer; readonly headerAt: number } {
  const context = Buffer.concat([Buffer.alloc(STREAM_HEADER_BYTES), owner]);
  return { message: kdfInput(LABEL, context), headerAt: LABEL.length + 5 };
}

/** Prefix, room for the index (4 bytes at 7) and for the mark of the last segment (at 11). */
export function segmentNonce(header: Bytes): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.set(header.subarray(PREFIX_AT, STREAM_HEADER_BYTES));
  return nonce;
}
