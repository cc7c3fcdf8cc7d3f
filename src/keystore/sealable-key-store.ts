import type {
  HmacAlgorithm,
  KeyPairSpec,
  MaterialSpec,
  MessageType,
  RsaEncryptionAlgorithm,
  Secret,
  SigningAlgorithm,
} from "../crypto/index.js";
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
} from "./port.js";

/**
 * A key store behind a door. Until `unseal` gives it the real one, and again after `seal`, every call throws
 * `sealed`: a server can start, answer its health check and wait for its owner.
 */
export class SealableKeyStore implements KeyStore, AtOnce {
  #inner: (KeyStore & Partial<AtOnce>) | undefined;

  get isSealed(): boolean {
    return this.#inner === undefined;
  }

  unseal(inner: KeyStore & Partial<AtOnce>): void {
    this.#inner = inner;
  }

  /** Lets go of the key store; what it held is collected with it. */
  seal(): void {
    this.#inner = undefined;
  }

  async createMaterial(owner: MaterialOwner, spec?: MaterialSpec): Promise<MadeMaterial> {
    return this.#open().createMaterial(owner, spec);
  }

  async copyMaterial(material: Material, region: string): Promise<Material> {
    return this.#open().copyMaterial(material, region);
  }

  async encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return this.#open().encrypt(material, plaintext, aad);
  }

  encryptAtOnce(material: Material, plaintext: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
    return this.#open().encryptAtOnce?.(material, plaintext, aad);
  }

  decryptAtOnce(material: Material, blob: Uint8Array, aad: Uint8Array): Buffer | undefined {
    return this.#open().decryptAtOnce?.(material, blob, aad);
  }

  generateDataKeyAtOnce(
    material: Material,
    bytes: number,
    aad: Uint8Array,
  ): { plaintext: Secret; blob: Uint8Array } | undefined {
    return this.#open().generateDataKeyAtOnce?.(material, bytes, aad);
  }

  async decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer> {
    return this.#open().decrypt(material, blob, aad);
  }

  async generateDataKey(
    material: Material,
    bytes: number,
    aad: Uint8Array,
  ): Promise<{ plaintext: Secret; blob: Uint8Array }> {
    return this.#open().generateDataKey(material, bytes, aad);
  }

  async generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array> {
    return this.#open().generateDataKeyBlob(material, bytes, aad);
  }

  async reEncrypt(from: CipherSource, to: CipherTarget): Promise<Uint8Array> {
    return this.#open().reEncrypt(from, to);
  }

  async generateDataKeyPair(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPair> {
    return this.#open().generateDataKeyPair(material, spec, aad);
  }

  async generateDataKeyPairBlob(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPairBlob> {
    return this.#open().generateDataKeyPairBlob(material, spec, aad);
  }

  async sign(
    material: Material,
    algorithm: SigningAlgorithm,
    messageType: MessageType,
    message: Uint8Array,
  ): Promise<Buffer> {
    return this.#open().sign(material, algorithm, messageType, message);
  }

  async mac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array): Promise<Buffer> {
    return this.#open().mac(material, algorithm, message);
  }

  async verifyMac(
    material: Material,
    algorithm: HmacAlgorithm,
    message: Uint8Array,
    tag: Uint8Array,
  ): Promise<boolean> {
    return this.#open().verifyMac(material, algorithm, message, tag);
  }

  async agree(material: Material, peerPublicKey: Uint8Array): Promise<Buffer> {
    return this.#open().agree(material, peerPublicKey);
  }

  async decapsulate(material: Material, ciphertext: Uint8Array): Promise<Buffer> {
    return this.#open().decapsulate(material, ciphertext);
  }

  async decryptAsymmetric(
    material: Material,
    algorithm: RsaEncryptionAlgorithm,
    ciphertext: Uint8Array,
  ): Promise<Buffer> {
    return this.#open().decryptAsymmetric(material, algorithm, ciphertext);
  }

  async randomBytes(count: number): Promise<Buffer> {
    return this.#open().randomBytes(count);
  }

  async destroy(material: Material): Promise<void> {
    return this.#open().destroy(material);
  }

  async importParameters(owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Promise<ImportParameters> {
    return this.#open().importParameters(owner, wrapping, validTo);
  }

  async importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<MadeMaterial> {
    return this.#open().importMaterial(owner, request);
  }

  async listMaterials(after?: Material): Promise<readonly Material[]> {
    return this.#open().listMaterials(after);
  }

  async houseKey(purpose: string): Promise<Secret> {
    return this.#open().houseKey(purpose);
  }

  #open(): KeyStore & Partial<AtOnce> {
    if (this.#inner === undefined) throw new KeyStoreError("sealed");
    return this.#inner;
  }
}
