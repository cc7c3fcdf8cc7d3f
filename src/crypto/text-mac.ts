import crypto from "node:crypto";
import { needs } from "../base/index.js";
import { type KeyHandle, keyHandle } from "./key.js";
import { macHex } from "./mac.js";
import type { Secret } from "./secret.js";

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Longer texts take the usual way. A character is three bytes at most. */
const MOST_TEXT_BYTES = 1024;
const MOST_TEXT_CHARS = MOST_TEXT_BYTES / 3;
/** Of texts of so many lengths the views are kept; those to sign have one or two. */
const MOST_VIEWS = 16;

/** Node has it from 20.12 on. */
const hasOneShot = typeof crypto.hash === "function";

/**
 * HMAC-SHA-256 of very many short texts under one key: two one-shot hashes over buffers that are used again, at half of
 * what Node's Hmac object costs to make and to collect. Its blocks hold the key in memory that nobody
 * overwrites: for keys that are derived from a secret that lies beside them anyway, as those that sign requests for a day.
 */
export class TextMac {
  readonly #key: KeyHandle;
  readonly #inner = Buffer.alloc(BLOCK_BYTES + MOST_TEXT_BYTES);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  readonly #views = new Map<number, Buffer>();

  /** Of at most one block. The secret still belongs to the caller. */
  constructor(key: Secret) {
    this.#key = keyHandle(key);
    key.use((bytes) => {
      needs(bytes.length <= BLOCK_BYTES, "a longer key is hashed first");
      for (let at = 0; at < BLOCK_BYTES; at += 1) {
        this.#inner[at] = (bytes[at] ?? 0) ^ INNER_PAD;
        this.#outer[at] = (bytes[at] ?? 0) ^ OUTER_PAD;
      }
    });
  }

  /** The tag of the text's UTF-8 bytes, in lower-case hex. */
  hex(text: string): string {
    if (!hasOneShot || text.length > MOST_TEXT_CHARS) return macHex("HMAC_SHA_256", this.#key, text);
    const bytes = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES, "utf8");
    this.#outer.write(crypto.hash("sha256", this.#view(bytes), "binary"), BLOCK_BYTES, "latin1");
    return crypto.hash("sha256", this.#outer, "hex");
  }

  #view(bytes: number): Buffer {
    const known = this.#views.get(bytes);
    if (known !== undefined) return known;
    const view = this.#inner.subarray(0, bytes);
    if (this.#views.size < MOST_VIEWS) this.#views.set(bytes, view);
    return view;
  }
}
