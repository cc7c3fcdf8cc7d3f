import { randomBytes } from "node:crypto";
import { LIMITS, needs } from "../../base/index.js";
import { BrokenSeal, newSecret, openBlob, type Secret, sealBlob } from "../../crypto/index.js";
import { type KeyStore, KeyStoreError, type Material, type MaterialOwner } from "../port.js";
import type { Root } from "../root/root.js";
import { Materials } from "./materials.js";
import type { KeystoreDatabase } from "./store.js";

/** The house key of keystore.db itself, which this store does not give: whoever asks it is outside. */
export const KEYSTORE_PURPOSE = "database/keystore";

/** Key material in keystore.db, wrapped below the root of trust. Only the custodian has one. */
export class SoftwareKeyStore implements KeyStore {
  readonly #materials: Materials;
  readonly #root: Root;

  /** `database` has had KEYSTORE_MIGRATIONS, and no other process writes it. */
  constructor(database: KeystoreDatabase, root: Root) {
    this.#materials = new Materials(database, root);
    this.#root = root;
  }

  createMaterial(owner: MaterialOwner): Promise<Material> {
    return this.#materials.create(owner);
  }

  async encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return sealBlob(this.#materials.cached(material) ?? (await this.#materials.get(material)), plaintext, aad);
  }

  async decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    const key = this.#materials.cached(material) ?? (await this.#materials.get(material));
    try {
      return openBlob(key, blob, aad);
    } catch (thrown) {
      if (thrown instanceof BrokenSeal) throw new KeyStoreError("bad-ciphertext");
      throw thrown;
    }
  }

  async generateDataKey(
    material: Material,
    bytes: number,
    aad: Uint8Array,
  ): Promise<{ plaintext: Secret; blob: Uint8Array }> {
    const key = this.#materials.cached(material) ?? (await this.#materials.get(material));
    needs(bytes <= LIMITS.dataKeyBytes, "a data key is at most 1024 bytes");
    const plaintext = newSecret(bytes);
    return { plaintext, blob: plaintext.use((clear) => sealBlob(key, clear, aad)) };
  }

  async generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array> {
    const { plaintext, blob } = await this.generateDataKey(material, bytes, aad);
    plaintext.wipe();
    return blob;
  }

  async reEncrypt(
    from: Material,
    blob: Uint8Array,
    fromAad: Uint8Array,
    to: Material,
    toAad: Uint8Array,
  ): Promise<Uint8Array> {
    const plaintext = await this.decrypt(from, blob, fromAad);
    try {
      return await this.encrypt(to, plaintext, toAad);
    } finally {
      plaintext.fill(0);
    }
  }

  async randomBytes(count: number): Promise<Buffer> {
    needs(count > 0 && count <= LIMITS.dataKeyBytes, "at most 1024 random bytes are asked for at once");
    return randomBytes(count);
  }

  destroy(material: Material): Promise<void> {
    return this.#materials.erase(material);
  }

  async houseKey(purpose: string): Promise<Secret> {
    needs(purpose !== KEYSTORE_PURPOSE, "the key store's own file is opened by its owner");
    return this.#root.houseKey(purpose);
  }
}
