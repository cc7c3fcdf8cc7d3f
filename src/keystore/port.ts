import type { Secret, WrappingAlgorithm, WrappingKeySpec } from "../crypto/index.js";

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

/**
 * Where key material lives. Nothing here ever returns KMS key material: data keys and random bytes are all that
 * leaves. `aad` is the canonical encryption context and is authenticated, never stored.
 *
 * Ciphertexts are complete ciphertext blobs (format, account, key id, material id, nonce inside, see
 * docs/formats/ciphertext-blob.md): `describeBlob` in `crypto/envelopes` reads their header without any key.
 *
 * Throws `KeyStoreError` with a reason: `material-not-found`, `bad-ciphertext`, `unreachable`, `sealed`.
 */
export interface KeyStore {
  /** Makes new symmetric material. The caller stores the id; material that no key names is swept by `destroy`. */
  createMaterial(owner: MaterialOwner): Promise<Material>;
  encrypt(material: Material, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
  /** Opens what `encrypt` made with that material; any change of blob, material, owner or aad is `bad-ciphertext`. */
  decrypt(material: Material, blob: Uint8Array, aad: Uint8Array): Promise<Buffer>;
  /** A fresh data key and its blob, made where the material is: one round trip. */
  generateDataKey(material: Material, bytes: number, aad: Uint8Array): Promise<{ plaintext: Secret; blob: Uint8Array }>;
  /** The same without the plaintext ever leaving. */
  generateDataKeyBlob(material: Material, bytes: number, aad: Uint8Array): Promise<Uint8Array>;
  /** Decrypts with one material and encrypts with another; the plaintext never leaves. */
  reEncrypt(
    from: Material,
    blob: Uint8Array,
    fromAad: Uint8Array,
    to: Material,
    toAad: Uint8Array,
  ): Promise<Uint8Array>;
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
  importMaterial(owner: MaterialOwner, request: ImportRequest): Promise<Material>;
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

export type ImportSpec = "SYMMETRIC_DEFAULT";

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
  readonly spec: ImportSpec;
  readonly token: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly now: Date;
  readonly expected: ImportExpectation;
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
  | "bad-ciphertext"
  | "unreachable"
  | "sealed"
  | "full"
  | "bad-token"
  | "expired-token"
  | "wrong-material";
