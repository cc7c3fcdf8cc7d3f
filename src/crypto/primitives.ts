import type { Bytes } from "../base/index.js";
import { loadAddon } from "./addon.js";
import { addonPrimitives } from "./addon-primitives.js";
import type { KeyHandle } from "./key.js";
import { nodePrimitives } from "./node-primitives.js";

/**
 * What every request needs several times: the same from the addon and from Node, where the addon takes a tenth of the
 * time for a short message and half of it for a long one (docs/decisions/native-addon.md).
 */
export interface Primitives {
  sha256(bytes: Bytes): Buffer;
  /** Lower-case. Text is hashed as UTF-8. */
  sha256Hex(data: Bytes | string): string;
  /** HMAC-SHA-256. */
  hmac(key: KeyHandle, message: Bytes): Buffer;
  /** The same of a text's UTF-8 bytes, in lower-case hex. */
  hmacHex(key: KeyHandle, text: string): string;
  /**
   * AES-256-GCM: writes ciphertext and tag into `target` from `at` on. A key of one message may be given as bytes, which
   * the caller wipes.
   */
  seal(key: KeyHandle | Bytes, nonce: Bytes, plaintext: Bytes, aad: Bytes, target: Buffer, at: number): void;
  /**
   * Takes ciphertext and tag and writes the plaintext. False: the seal is broken and nothing of the plaintext is there.
   * `target` may be where the sealed bytes lie.
   */
  open(key: KeyHandle | Bytes, nonce: Bytes, sealed: Bytes, aad: Bytes, target: Buffer, at: number): boolean;
  /** Key bytes, in memory of their own, from the generator for secrets. */
  random(bytes: number): Buffer;
  /** `own-message.ts` in one step, where there is one. */
  readonly inOneStep?: {
    readonly seal: SealMessage;
    readonly open: OpenMessage;
  };
  /**
   * A segmented stream in a file: its key is the HMAC of the message, once the stream's header lies at its place in it.
   * Only the addon has it.
   */
  stream?(key: KeyHandle, message: Bytes, headerAt: number, plaintextBytes: number, path: string): RunReader;
  /** See `Addon.write`. Only the addon has it. */
  write?(file: number, pieces: readonly Bytes[], after: 0 | 1 | 2): Promise<readonly [written: number, failed: number]>;
  /**
   * The register of a reflected cyclic redundancy check after those bytes; register and polynomial of 64 bits, a shorter
   * one's with zeros on top. Only the addon has it, and not on every processor.
   */
  crc?(register: bigint, polynomial: bigint, bytes: Bytes): bigint;
}

/** Writes ciphertext and tag behind the first `headBytes` of the message. */
export type SealMessage = (
  key: KeyHandle,
  label: Bytes,
  message: Buffer,
  headBytes: number,
  plaintext: Bytes,
  context: Bytes,
) => void;

/** Writes the plaintext into `target`, which is as long as it; false as with `open`. */
export type OpenMessage = (
  key: KeyHandle,
  label: Bytes,
  message: Bytes,
  headBytes: number,
  target: Buffer,
  context: Bytes,
) => boolean;

export interface RunReader {
  /** See `Addon.readRun`. */
  read(firstSegment: number, target: Bytes): Promise<number>;
  /** Lets go of the file. */
  end(): void;
}

const addon = process.env.STRONGROOM_NATIVE === "off" ? undefined : loadAddon();

export const primitives: Primitives = addon === undefined ? nodePrimitives : addonPrimitives(addon);
