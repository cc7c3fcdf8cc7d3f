import { randomBytes } from "node:crypto";
import { equalBytes, LIMITS, needs } from "../../base/index.js";
import {
  agree,
  BadPeerKey,
  BrokenSeal,
  canAgree,
  canSign,
  decapsulate,
  type generateKeyPair,
  type HmacAlgorithm,
  isMlKem,
  isRsa,
  type KeyPairSpec,
  type MaterialSpec,
  type MessageType,
  mac,
  mostBytesTo,
  newSecret,
  openBlob,
  privateKeyBytes,
  type RsaEncryptionAlgorithm,
  rsaDecrypt,
  rsaEncrypt,
  type Secret,
  type SigningAlgorithm,
  sealBlob,
  sign,
} from "../../crypto/index.js";
import {
  type AtOnce,
  type CipherSource,
  type CipherTarget,
  type DataKeyPair,
  type DataKeyPairBlob,
  type ImportParameters,
  type ImportRequest,
  type ImportWrapping,
  type KeyStore,
  KeyStoreError,
  type MadeMaterial,
  type Material,
  type MaterialOwner,
} from "../port.js";
import type { Root } from "../root/root.js";
import { IMPORT_IDS_PURPOSE } from "./imported-material.js";
import { Imports } from "./imports.js";
import { hmacKey, type LoadedMaterial, privateKey as privateKeyOf, symmetricKey } from "./loaded-material.js";
import { Materials } from "./materials.js";
import { MaterialMaker } from "./new-material.js";
import { type KeystoreDatabase, materialsAfter } from "./store.js";

/** The house key of keystore.db itself, which this store does not give: whoever asks it is outside. */
export const KEYSTORE_PURPOSE = "database/keystore";

/** Key material in keystore.db, wrapped below the root of trust. Only the custodian has one. */
export class SoftwareKeyStore implements KeyStore, AtOnce {
  readonly #materials: Materials;
  readonly #root: Root;
  readonly #database: KeystoreDatabase;
  readonly #imports: Imports;

  /**
   * `database` has had KEYSTORE_MIGRATIONS, and no other process writes it. RSA pairs, those that wrap too, are made in
   * the thread pool under one bound; tests bring theirs.
   */
  constructor(database: KeystoreDatabase, root: Root, generatePair?: typeof generateKeyPair) {
    const maker = new MaterialMaker(generatePair);
    this.#materials = new Materials(database, root, maker);
    this.#root = root;
    this.#database = database;
    this.#imports = new Imports(root, this.#materials, (spec) => maker.makePair(spec));
  }

  createMaterial(owner: MaterialOwner, spec: MaterialSpec = "SYMMETRIC_DEFAULT"): Promise<MadeMaterial> {
    return this.#materials.create(owner, spec);
  }

  copyMaterial(material: Material, region: string): Promise<Material> {
    return this.#materials.copy(material, region);
  }

  encryptAtOnce(material: Material, plaintext: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    const loaded = this.#materials.cached(material);
    return loaded && sealBlob(symmetricKey(loaded), plaintext, aad);
  }

  async encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    const loaded = this.#materials.cached(material) ?? (await this.#materials.get(material));
    return sealBlob(symmetricKey(loaded), plaintext, aad);
  }

  decryptAtOnce(material: Material, blob: Uint8Array, aad: Uint8Array): Buffer | undefined {
    const loaded = this.#materials.cached(material);
    return loaded && opened(loaded, blob, aad);
  }

  async decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return opened(this.#materials.cached(material) ?? (await this.#materials.get(material)), blob, aad);
  }

  generateDataKeyAtOnce(material: Material, bytes: number, aad: Uint8Array): SealedDataKey | undefined {
    const loaded = this.#materials.cached(material);
    return loaded && newDataKey(loaded, bytes, aad);
  }

  async generateDataKey(material: Material, bytes: number, aad: Uint8Array): Promise<SealedDataKey> {
    return newDataKey(this.#materials.cached(material) ?? (await this.#materials.get(material)), bytes, aad);
  }

  async generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array> {
    const { plaintext, blob } = await this.generateDataKey(material, bytes, aad);
    plaintext.wipe();
    return blob;
  }

  async reEncrypt(from: CipherSource, to: CipherTarget): Promise<Uint8Array> {
    const plaintext =
      "aad" in from
        ? await this.decrypt(from.material, from.blob, from.aad)
        : await this.decryptAsymmetric(from.material, from.algorithm, from.blob);
    try {
      if ("material" in to) return await this.encrypt(to.material, plaintext, to.aad);
      if (plaintext.length > mostBytesTo(to.publicKey, to.algorithm)) throw new KeyStoreError("too-long");
      return rsaEncrypt(to.publicKey, to.algorithm, plaintext);
    } finally {
      plaintext.fill(0);
    }
  }

  async generateDataKeyPair(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPair> {
    const key = symmetricKey(await this.#materials.get(material));
    const pair = await this.#materials.maker.makePair(spec);
    const privateKey = privateKeyBytes(pair.privateKey);
    const blob = privateKey.use((clear) => sealBlob(key, clear, aad));
    return { publicKey: pair.publicKey, blob, privateKey };
  }

  async generateDataKeyPairBlob(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPairBlob> {
    const { publicKey, blob, privateKey } = await this.generateDataKeyPair(material, spec, aad);
    privateKey.wipe();
    return { publicKey, blob };
  }

  async sign(
    material: Material,
    algorithm: SigningAlgorithm,
    messageType: MessageType,
    message: Uint8Array,
  ): Promise<Buffer> {
    const key = privateKeyOf(this.#materials.cached(material) ?? (await this.#materials.get(material)));
    if (!canSign(key.spec, algorithm, messageType)) throw new KeyStoreError("wrong-material");
    needs(message.length <= LIMITS.kmsMessageBytes, "KMS signs at most 4096 bytes");
    return sign(key, algorithm, messageType, message);
  }

  async mac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array): Promise<Buffer> {
    const key = hmacKey(this.#materials.cached(material) ?? (await this.#materials.get(material)), algorithm);
    needs(message.length <= LIMITS.kmsMessageBytes, "KMS MACs at most 4096 bytes");
    return mac(algorithm, key, message);
  }

  async verifyMac(
    material: Material,
    algorithm: HmacAlgorithm,
    message: Uint8Array,
    tag: Uint8Array,
  ): Promise<boolean> {
    return equalBytes(await this.mac(material, algorithm, message), tag);
  }

  async agree(material: Material, peerPublicKey: Uint8Array): Promise<Buffer> {
    const { spec, key } = privateKeyOf(await this.#materials.get(material));
    if (!canAgree(spec)) throw new KeyStoreError("wrong-material");
    try {
      return agree({ spec, key }, peerPublicKey);
    } catch (thrown) {
      throw refusal(thrown);
    }
  }

  async decapsulate(material: Material, ciphertext: Uint8Array): Promise<Buffer> {
    const { spec, key } = privateKeyOf(await this.#materials.get(material));
    if (!isMlKem(spec)) throw new KeyStoreError("wrong-material");
    return decapsulate({ spec, key }, ciphertext).catch((thrown) => {
      throw refusal(thrown);
    });
  }

  async decryptAsymmetric(
    material: Material,
    algorithm: RsaEncryptionAlgorithm,
    ciphertext: Uint8Array,
  ): Promise<Buffer> {
    const { spec, key } = privateKeyOf(await this.#materials.get(material));
    if (!isRsa(spec)) throw new KeyStoreError("wrong-material");
    try {
      return rsaDecrypt({ spec, key }, algorithm, ciphertext);
    } catch (thrown) {
      throw refusal(thrown);
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
    return this.#imports.parameters(owner, wrapping, validTo);
  }

  importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<MadeMaterial> {
    return this.#imports.take(owner, request);
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

interface SealedDataKey {
  readonly plaintext: Secret;
  readonly blob: Uint8Array;
}

function newDataKey(loaded: LoadedMaterial, bytes: number, aad: Uint8Array): SealedDataKey {
  const key = symmetricKey(loaded);
  needs(bytes <= LIMITS.dataKeyBytes, "a data key is at most 1024 bytes");
  const plaintext = newSecret(bytes);
  return { plaintext, blob: plaintext.use((clear) => sealBlob(key, clear, aad)) };
}

function opened(loaded: LoadedMaterial, blob: Uint8Array, aad: Uint8Array): Buffer {
  const key = symmetricKey(loaded);
  try {
    return openBlob(key, blob, aad);
  } catch (thrown) {
    throw refusal(thrown);
  }
}

/** The port's word for what the crypto room refuses; whatever else was thrown is our mistake and stays what it is. */
function refusal(thrown: unknown): unknown {
  if (thrown instanceof BrokenSeal) return new KeyStoreError("bad-ciphertext");
  return thrown instanceof BadPeerKey ? new KeyStoreError("bad-peer-key") : thrown;
}
