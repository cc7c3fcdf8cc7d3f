import { type CipherGCM, createCipheriv } from "node:crypto";
import { type Bytes, needs, utf8 } from "../../base/index.js";
import { NONCE_BYTES, TAG_BYTES } from "../aead.js";
import { deriveKey } from "../kdf.js";
import type { KeyHandle } from "../key.js";

const LABEL = utf8("strongroom/stored-mark/1");
/** One key, one message: the nonce need not be another one each time. */
const NONCE = Buffer.alloc(NONCE_BYTES);

export const STORED_MARK_BYTES = TAG_BYTES;

/**
 * A mark over stored bytes as they lie on the disk: who has the house key can tell whether they are what was written
 * without any key that opens them. Give the bytes in their order, in chunks of any size. GMAC, because it costs a
 * quarter of a hash. `name` must be another one for each different content.
 */
export class StoredMark {
  readonly #cipher: CipherGCM;
  #isEnded = false;

  constructor(houseKey: KeyHandle, name: Bytes) {
    needs(name.length > 0, "what is marked has a name of its own");
    this.#cipher = createCipheriv("aes-256-gcm", deriveKey(houseKey, LABEL, name), NONCE, { authTagLength: TAG_BYTES });
  }

  update(bytes: Bytes): void {
    needs(!this.#isEnded, "a mark ends once");
    if (bytes.length > 0) this.#cipher.setAAD(bytes);
  }

  end(): Buffer {
    needs(!this.#isEnded, "a mark ends once");
    this.#isEnded = true;
    this.#cipher.final();
    return this.#cipher.getAuthTag();
  }
}
