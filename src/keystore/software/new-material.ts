import { LIMITS } from "../../base/index.js";
import {
  generateKeyPair,
  HMAC_KEYS,
  isHmacSpec,
  isKeyPairSpec,
  isRsa,
  type KeyPair,
  type KeyPairSpec,
  type MaterialSpec,
  newSecret,
  privateKeyBytes,
  type Secret,
} from "../../crypto/index.js";
import { KeyStoreError } from "../port.js";

export interface NewMaterial {
  readonly secret: Secret;
  readonly publicKey?: Uint8Array;
}

/** Makes material. The search for RSA's primes keeps a thread busy for seconds, so few run at once and few wait. */
export class MaterialMaker {
  readonly #waiting: (() => void)[] = [];
  readonly #generate: typeof generateKeyPair;
  #running = 0;

  constructor(generate = generateKeyPair) {
    this.#generate = generate;
  }

  /** The caller wipes the secret. */
  async make(spec: MaterialSpec): Promise<NewMaterial> {
    if (isHmacSpec(spec)) return { secret: newSecret(HMAC_KEYS[spec].keyBytes) };
    if (!isKeyPairSpec(spec)) return { secret: newSecret() };
    const { privateKey, publicKey } = await this.makePair(spec);
    return { secret: privateKeyBytes(privateKey), publicKey };
  }

  async makePair(spec: KeyPairSpec): Promise<KeyPair> {
    if (!isRsa(spec)) return this.#generate(spec);
    await this.#enter();
    try {
      return await this.#generate(spec);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < LIMITS.rsaKeysAtOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= LIMITS.rsaKeysWaiting) throw new KeyStoreError("busy");
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The next one takes over the place of the one that is done. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
