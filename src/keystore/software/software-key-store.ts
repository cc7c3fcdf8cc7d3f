import { randomBytes } from "node:crypto";
import { LIMITS, needs } from "../../base/index.js";
import {
  BrokenSeal,
  type KeyHandle,
  keyHandle,
  newSecret,
  openBlob,
  type Secret,
  sealBlob,
} from "../../crypto/index.js";
import {
  type ImportParameters,
  type ImportRequest,
  type ImportWrapping,
  type KeyStore,
  KeyStoreError,
  type Material,
  type MaterialOwner,
} from "../port.js";
import type { Root } from "../root/root.js";
import { makeImportToken, unwrapWithToken } from "./import-tokens.js";
import { checkExpected, checkImported, IMPORT_IDS_PURPOSE, importedId } from "./imported-material.js";
import { Materials } from "./materials.js";
import { type KeystoreDatabase, materialsAfter } from "./store.js";

/** The house key of keystore.db itself, which this store does not give: whoever asks it is outside. */
export const KEYSTORE_PURPOSE = "database/keystore";

/** Key material in keystore.db, wrapped below the root of trust. Only the custodian has one. */
export class SoftwareKeyStore implements KeyStore {
  readonly #materials: Materials;
  readonly #root: Root;
  readonly #database: KeystoreDatabase;
  readonly #importIds: KeyHandle;

  /** `database` has had KEYSTORE_MIGRATIONS, and no other process writes it. */
  constructor(database: KeystoreDatabase, root: Root) {
    this.#materials = new Materials(database, root);
    this.#root = root;
    this.#database = database;
    const idKey = root.houseKey(IMPORT_IDS_PURPOSE);
    this.#importIds = keyHandle(idKey);
    idKey.wipe();
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

  importParameters(owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Promise<ImportParameters> {
    return makeImportToken(this.#root, owner, wrapping, validTo);
  }

  async importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<Material> {
    const { spec, token, wrapped, now, expected } = request;
    const secret = unwrapWithToken(this.#root, owner, token, wrapped, now);
    try {
      checkImported(spec, secret);
      const material = { id: importedId(this.#importIds, owner, secret), owner };
      checkExpected(material.id, expected);
      if (expected.isTrial !== true) await this.#materials.put(material, secret);
      return material;
    } finally {
      secret.wipe();
    }
  }

  listMaterials(after?: Material): Promise<readonly Material[]> {
    return materialsAfter(this.#database, after);
  }

  async houseKey(purpose: string): Promise<Secret> {
    needs(purpose !== KEYSTORE_PURPOSE, "the key store's own file is opened by its owner");
    needs(purpose !== IMPORT_IDS_PURPOSE, "only the key store names imported material");
    return this.#root.houseKey(purpose);
  }
}
