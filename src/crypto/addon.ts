import { createRequire } from "node:module";
import type { Bytes } from "../base/index.js";

/** A key inside the addon: its bytes cannot be read back, and are wiped when the last reference is collected. */
export interface AddonKey {
  readonly isAddonKey: never;
}

/** A stream inside the addon that is being read, with its key. */
export interface AddonStream {
  readonly isAddonStream: never;
}

/** What `native/` offers, checked there: wrong types and lengths throw. Keys are handles, or 32 bytes. */
export interface Addon {
  /** Of at most 64 bytes, which still belong to the caller. */
  key(bytes: Bytes): AddonKey;
  sha256(message: Bytes, target: Bytes, at: number): void;
  /** Undefined for a text that is too long. */
  sha256Hex(data: Bytes | string): string | undefined;
  hmac(key: AddonKey, message: Bytes, target: Bytes, at: number): void;
  /** Undefined for a text that is too long. */
  hmacHex(key: AddonKey, text: string): string | undefined;
  seal(key: AddonKey | Bytes, nonce: Bytes, plaintext: Bytes, aad: Bytes, target: Bytes, at: number): void;
  open(key: AddonKey | Bytes, nonce: Bytes, sealed: Bytes, aad: Bytes, target: Bytes, at: number): boolean;
  sealMessage(key: AddonKey, label: Bytes, message: Bytes, headBytes: number, plaintext: Bytes, context: Bytes): void;
  openMessage(key: AddonKey, label: Bytes, message: Bytes, headBytes: number, target: Bytes, context: Bytes): boolean;
  random(target: Bytes): void;
  /** Its key is the HMAC of the message, once its header was read into its place there. The file is opened with the first run. */
  stream(key: AddonKey, message: Bytes, headerAt: number, plaintextBytes: number, path: string): AddonStream;
  /** Promises 0, -1 for a broken seal or a file of another length, -2 for one that was cut since, or the system's error. One at a time. */
  readRun(stream: AddonStream, firstSegment: number, target: Bytes): Promise<number>;
  /** Lets go of the file, after the run that reads it. */
  endStream(stream: AddonStream): void;
  /**
   * Appends the pieces, at most 1024, to an open file, and then (1) begins to bring it to the disk or (2) does so. Promises how
   * many bytes were written, and 0 or the system's error: of the flush, where all were. They are nobody else's until then.
   */
  write(file: number, pieces: readonly Bytes[], after: 0 | 1 | 2): Promise<readonly [written: number, failed: number]>;
  /** The register after the bytes, neither inverted. Only where the processor multiplies without carry. */
  crc?(register: bigint, polynomial: bigint, bytes: Bytes): bigint;
}

/** The bundle lies in `dist/`, this file alone in `build/src/crypto/`. */
const PACKAGE = process.env.STRONGROOM_BUNDLED === "1" ? ".." : "../../..";

/** Undefined where it was not compiled, or for another system than this: then Node's own functions do all of it. */
export function loadAddon(): Addon | undefined {
  const file = `${PACKAGE}/native/out/strongroom-${process.platform}-${process.arch}.node`;
  try {
    return createRequire(import.meta.url)(file) as Addon; // what it exports is told in its own first lines
  } catch {
    return undefined;
  }
}
