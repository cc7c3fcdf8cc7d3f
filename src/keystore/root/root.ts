import { utf8 } from "../../base/index.js";
import { hkdf, type KeyHandle, keyHandle, SealingKey, type Secret } from "../../crypto/index.js";

/** The file in the data folder that holds all that the root opens. */
export const KEYSTORE_FILE = "keystore.db";

const NO_SALT = Buffer.alloc(0);

/** The opened root of trust: the 256-bit master key that every other key lies below. It is never given out itself. */
export class Root {
  readonly #master: KeyHandle;

  /** The secret still belongs to the caller. */
  constructor(master: Secret) {
    this.#master = keyHandle(master);
  }

  /** A key for one of the house's own files, the same for the same purpose for ever. */
  houseKey(purpose: string): Secret {
    return hkdf(this.#master, NO_SALT, utf8(`strongroom/house-key/1\0${purpose}`));
  }

  /** Wraps the material of one account in one Region. */
  domainKey(account: string, region: string): SealingKey {
    const secret = hkdf(this.#master, NO_SALT, utf8(`strongroom/domain-key/1\0${account}\0${region}`));
    const key = SealingKey.of(secret);
    secret.wipe();
    return key;
  }
}
