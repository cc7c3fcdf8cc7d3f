import type {
  HmacAlgorithm,
  KeyPairSpec,
  MaterialSpec,
  MessageType,
  RsaEncryptionAlgorithm,
  Secret,
  SigningAlgorithm,
  WrappingAlgorithm,
  WrappingKeySpec,
} from "../crypto/index.js";

/** Names one piece of key material for ever: 64 lower-case hex digits. It is what KMS calls a key material id. */
export type MaterialId = string & { readonly [materialId]: true };
declare const materialId: unique symbol;

/** Whose key the material belongs to. Bound into every ciphertext, so that material under another key opens nothing. */
export interface MaterialOwner {
  readonly account: string;
  readonly region: string;
  /** The KMS key's id (UUID or `mrk-…`), or `owned/<service>` for AWS owned keys. */
  readonly keyId: string;
}

export interface Material {
  readonly id: MaterialId;
  readonly owner: MaterialOwner;
}

/** Of a key pair the public half too, as SubjectPublicKeyInfo: whoever stores the id stores it. */
export type MadeMaterial = Material & { readonly publicKey?: Uint8Array };

/** What is decrypted inside the key store: a blob of symmetric material, or what was encrypted to an RSA key. */
export type CipherSource =
  | { readonly material: Material; readonly blob: Uint8Array; readonly aad: Uint8Array }
  | { readonly material: Material; readonly blob: Uint8Array; readonly algorithm: RsaEncryptionAlgorithm };

/** What it is encrypted with again. Encrypting to an RSA key takes its public half (SubjectPublicKeyInfo) only. */
export type CipherTarget =
  | { readonly material: Material; readonly aad: Uint8Array }
  | { readonly publicKey: Uint8Array; readonly algorithm: RsaEncryptionAlgorithm };

export interface DataKeyPairBlob {
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The private half, PKCS#8, in a ciphertext blob. */
  readonly blob: Uint8Array;
}

export interface DataKeyPair extends DataKeyPairBlob {
  /** The same PKCS#8 bytes as in the blob. */
  readonly privateKey: Secret;
}

/**
 * Where key material lives. Nothing here ever returns KMS key material: data keys and random bytes are all that
 * leaves. `aad` is the canonical encryption context and is authenticated, never stored.
 *
 * Ciphertexts are complete ciphertext blobs (format, account, key id, material id, nonce inside, see
 * docs/formats/ciphertext-blob.md): `describeBlob` in `crypto/envelopes` reads their header without any key.
 *
 * Throws `KeyStoreError` with a reason: `material-not-found`, `wrong-material` (of another spec than the call or the
 * algorithm is for), `bad-ciphertext`, `unreachable`, `sealed`, and what the methods say.
 */
export interface KeyStore {
  /**
   * Makes new material: symmetric, if no spec is given. The caller stores the id; material that no key names is swept
   * by `destroy`. `busy`: too many RSA keys are being made already.
   */
  createMaterial(owner: MaterialOwner, spec?: MaterialSpec): Promise<MadeMaterial>;
  /**
   * The same material for the related key in another Region, kept apart from then on: each is destroyed alone. Succeeds
   * if it is already there. Throws `material-not-found` when `material` is not.
   */
  copyMaterial(material: Material, region: string): Promise<Material>;
  encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
  /** Opens what `encrypt` made with that material; any change of blob, material, owner or aad is `bad-ciphertext`. */
  decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer>;
  /** A fresh data key and its blob, made where the material is: one round trip. */
  generateDataKey(material: Material, bytes: number, aad: Uint8Array): Promise<{ plaintext: Secret; blob: Uint8Array }>;
  /** The same without the plaintext ever leaving. */
  generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array>;
  /** Decrypts with one key and encrypts with another; the plaintext never leaves. `too-long`: it does not fit the RSA key. */
  reEncrypt(from: CipherSource, to: CipherTarget): Promise<Uint8Array>;
  /** A fresh key pair for use outside, its private half also in a blob of symmetric material. `busy` as above. */
  generateDataKeyPair(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPair>;
  /** The same without the private key ever leaving. */
  generateDataKeyPairBlob(material: Material, spec: KeyPairSpec, aad: Uint8Array): Promise<DataKeyPairBlob>;
  /** The caller has checked the length of what is no RAW message; see `messageBytesOf`. */
  sign(material: Material, algorithm: SigningAlgorithm, messageType: MessageType, message: Uint8Array): Promise<Buffer>;
  mac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array): Promise<Buffer>;
  /** Whole tags only, compared in constant time. */
  verifyMac(material: Material, algorithm: HmacAlgorithm, message: Uint8Array, tag: Uint8Array): Promise<boolean>;
  /** ECDH: the x coordinate, as long as the curve's are. `bad-peer-key`: no public key on that curve, or not as SPKI. */
  agree(material: Material, peerPublicKey: Uint8Array): Promise<Buffer>;
  /** ML-KEM: a ciphertext of another length is a `bad-ciphertext`; any other change gives another secret. */
  decapsulate(material: Material, ciphertext: Uint8Array): Promise<Buffer>;
  decryptAsymmetric(material: Material, algorithm: RsaEncryptionAlgorithm, ciphertext: Uint8Array): Promise<Buffer>;
  randomBytes(count: number): Promise<Buffer>;
  /** Removes the material for good, also from caches. Succeeds if it is already gone. Throws `unreachable` if the store cannot be asked. */
  destroy(material: Material): Promise<void>;
  /**
   * A fresh wrapping key for material from outside, and a token that holds its private half, sealed and bound to the
   * owner. Nothing is kept: every token works until `validTo`, as often as wanted.
   */
  importParameters(owner: MaterialOwner, wrapping: ImportWrapping, validTo: Date): Promise<ImportParameters>;
  /**
   * Takes in what was wrapped for the token; taking the same in again changes nothing. Throws `bad-token`,
   * `expired-token`, `bad-ciphertext` (does not unwrap) or `wrong-material` (type, length, or against `expected`).
   */
  importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<MadeMaterial>;
  /** All material, at most 500 at once in order of id and Region, after the one that is given. */
  listMaterials(after?: Material): Promise<readonly Material[]>;
  /** A key for one of the house's own files (`database/kms`, `audit/segments` …), the same for the same purpose for ever. */
  houseKey(purpose: string): Promise<Secret>;
}

export interface ImportWrapping {
  readonly keySpec: WrappingKeySpec;
  readonly algorithm: WrappingAlgorithm;
}

export interface ImportParameters {
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly token: Uint8Array;
}

/** What the KMS key knows already. An imported material's id follows from its key and its bytes. */
export interface ImportExpectation {
  /** Material that was here before: anything else is wrong. */
  readonly only?: readonly MaterialId[];
  /** Material that is here already: it may not come as new. */
  readonly never?: readonly MaterialId[];
  /** Only tells the id; nothing is taken in. */
  readonly isTrial?: boolean;
}

export interface ImportRequest {
  readonly spec: MaterialSpec;
  readonly token: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly now: Date;
  readonly expected: ImportExpectation;
}

/**
 * The three calls of every day, answered without a promise when the material is at hand. Undefined: it is not, and the
 * call of the same name must be waited for. They throw what the promise would be rejected with.
 */
export interface AtOnce {
  encryptAtOnce(material: Material, plaintext: Uint8Array, aad: Uint8Array): Uint8Array | undefined;
  decryptAtOnce(material: Material, blob: Uint8Array, aad: Uint8Array): Buffer | undefined;
  generateDataKeyAtOnce(
    material: Material,
    bytes: number,
    aad: Uint8Array,
  ): { plaintext: Secret; blob: Uint8Array } | undefined;
}

export class KeyStoreError extends Error {
  override readonly name = "KeyStoreError";
  readonly reason: KeyStoreReason;

  constructor(reason: KeyStoreReason) {
    super(reason);
    this.reason = reason;
  }
}

/** `full`: the key store's own disk takes no more; nothing was made or removed. */
export type KeyStoreReason =
  | "material-not-found"
  | "bad-token"
  | "expired-token"
  | "wrong-material"
  | "bad-ciphertext"
  | "bad-peer-key"
  | "too-long"
  | "busy"
  | "unreachable"
  | "sealed"
  | "full";
