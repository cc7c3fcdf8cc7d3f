import { asBuffer, type Bytes, Lru, needs, utf8 } from "../../base/index.js";
import { gcmOpen, gcmSealInto, NONCE_BYTES, TAG_BYTES } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import { deriveKey } from "../kdf.js";
import { type KeyHandle, keyHandle } from "../key.js";
import { publicRandom } from "../random.js";
import type { Secret } from "../secret.js";

const VERSION = 1;
const SALT_AT = 1;
const COUNT_AT = 17;
const HEADER_BYTES = 21;
const MOST_COUNT = 0xffff_ffff;
const MOST_PLAINTEXT_BYTES = 64 * 1024 * 1024;
const LABEL = utf8("strongroom/sealed-record/1");

/** How many bytes a sealed record is longer than its plaintext. */
export const SEALED_RECORD_OVERHEAD = HEADER_BYTES + TAG_BYTES;

/** What of a sealed record its key and plaintext do not tell: the run's salt and the record's count in it. */
export interface SealMark {
  readonly salt: Buffer;
  readonly count: number;
}

/** Throws BrokenSeal when that is no sealed record at all; whether it opens, only its key can say. */
export function sealMark(sealed: Bytes): SealMark {
  const bytes = asBuffer(sealed);
  checkShape(bytes);
  return { salt: bytes.subarray(SALT_AT, COUNT_AT), count: bytes.readUInt32BE(COUNT_AT) };
}

/** Records that one run of sealing makes: a salt drawn at random, the key derived with it, and a count for the nonces. */
interface Run {
  readonly salt: Buffer;
  readonly key: KeyHandle;
  count: number;
}

/**
 * Seals many small things under one key: log frames, tokens, rows, wrapped keys. Format: docs/formats/sealed-record.md.
 * Each instance draws a salt and counts its nonces under a key derived with it, so no number of records and no
 * number of processes ever repeats a nonce, and sealing costs neither a draw nor a derivation each time.
 */
export class SealingKey {
  readonly #key: KeyHandle;
  readonly #readKeys = new Lru<string, KeyHandle>(16);
  #run: Run | undefined;

  constructor(key: KeyHandle) {
    this.#key = key;
  }

  /** The secret still belongs to the caller. */
  static of(secret: Secret): SealingKey {
    return new SealingKey(keyHandle(secret));
  }

  /**
   * `aad` says what the record is and where it belongs; it is authenticated and not stored. `roomBytes` are left free
   * before the record, for a head of the caller's.
   */
  seal(plaintext: Bytes, aad: Bytes, roomBytes = 0): Buffer {
    needs(plaintext.length <= MOST_PLAINTEXT_BYTES, "what is longer is sealed in segments");
    const run = this.#nextRun();
    const sealed = sealWith(run, plaintext, aad, roomBytes);
    run.count += 1;
    return sealed;
  }

  /**
   * Makes a record that `seal` made once more, to the byte. The plaintext and `aad` must be the very ones that were
   * sealed with that mark: others under the same nonce would give both away. Who keeps them apart from the record keeps
   * them authenticated.
   */
  sealAgain(mark: SealMark, plaintext: Bytes, aad: Bytes, roomBytes = 0): Buffer {
    const { salt, count } = mark;
    return sealWith({ salt, count, key: this.#keyOfRun(salt) }, plaintext, aad, roomBytes);
  }

  /** Throws BrokenSeal unless `seal` made it under the same key with the same `aad`. */
  open(sealed: Bytes, aad: Bytes): Buffer {
    const bytes = asBuffer(sealed);
    checkShape(bytes);
    const header = bytes.subarray(0, HEADER_BYTES);
    const nonce = nonceOf(bytes.readUInt32BE(COUNT_AT));
    const key = this.#keyOfRun(bytes.subarray(SALT_AT, COUNT_AT));
    return gcmOpen(key, nonce, bytes.subarray(HEADER_BYTES), Buffer.concat([header, aad]));
  }

  #nextRun(): Run {
    if (this.#run === undefined || this.#run.count > MOST_COUNT) {
      const salt = publicRandom(COUNT_AT - SALT_AT);
      this.#run = { salt, key: deriveKey(this.#key, LABEL, salt), count: 0 };
    }
    return this.#run;
  }

  #keyOfRun(salt: Buffer): KeyHandle {
    const name = salt.toString("latin1");
    const known = this.#readKeys.get(name);
    if (known !== undefined) return known;
    const key = deriveKey(this.#key, LABEL, salt);
    this.#readKeys.set(name, key);
    return key;
  }
}

function checkShape(sealed: Buffer): void {
  if (sealed[0] !== VERSION || sealed.length < SEALED_RECORD_OVERHEAD) throw new BrokenSeal();
}

function sealWith({ salt, count, key }: Readonly<Run>, plaintext: Bytes, aad: Bytes, roomBytes: number): Buffer {
  const whole = Buffer.allocUnsafe(roomBytes + SEALED_RECORD_OVERHEAD + plaintext.length);
  whole[roomBytes] = VERSION;
  whole.set(salt, roomBytes + SALT_AT);
  whole.writeUInt32BE(count, roomBytes + COUNT_AT);
  const header = whole.subarray(roomBytes, roomBytes + HEADER_BYTES);
  gcmSealInto(key, nonceOf(count), plaintext, Buffer.concat([header, aad]), whole, roomBytes + HEADER_BYTES);
  return whole;
}

function nonceOf(count: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(count, NONCE_BYTES - 4);
  return nonce;
}
