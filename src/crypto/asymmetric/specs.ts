import { table } from "../../base/index.js";

/** The key pairs of KMS, under its names. */
export const KEY_PAIRS = table({
  RSA_2048: { kind: "rsa", bits: 2048 },
  RSA_3072: { kind: "rsa", bits: 3072 },
  RSA_4096: { kind: "rsa", bits: 4096 },
  ECC_NIST_P256: { kind: "ec", curve: "prime256v1", oid: "06082a8648ce3d030107", coordinateBytes: 32 },
  ECC_NIST_P384: { kind: "ec", curve: "secp384r1", oid: "06052b81040022", coordinateBytes: 48 },
  ECC_NIST_P521: { kind: "ec", curve: "secp521r1", oid: "06052b81040023", coordinateBytes: 66 },
  ECC_SECG_P256K1: { kind: "ec", curve: "secp256k1", oid: "06052b8104000a", coordinateBytes: 32 },
  ECC_NIST_EDWARDS25519: { kind: "ed25519" },
  ML_DSA_44: { kind: "ml-dsa", oid: "0609608648016503040311", publicKeyBytes: 1312 },
  ML_DSA_65: { kind: "ml-dsa", oid: "0609608648016503040312", publicKeyBytes: 1952 },
  ML_DSA_87: { kind: "ml-dsa", oid: "0609608648016503040313", publicKeyBytes: 2592 },
  ML_KEM_512: { kind: "ml-kem", oid: "0609608648016503040401", publicKeyBytes: 800, ciphertextBytes: 768 },
  ML_KEM_768: { kind: "ml-kem", oid: "0609608648016503040402", publicKeyBytes: 1184, ciphertextBytes: 1088 },
  ML_KEM_1024: { kind: "ml-kem", oid: "0609608648016503040403", publicKeyBytes: 1568, ciphertextBytes: 1568 },
});

export type KeyPairSpec = keyof typeof KEY_PAIRS;

/** The specs whose key pairs are of one kind. */
export type SpecOf<Kind extends (typeof KEY_PAIRS)[KeyPairSpec]["kind"]> = {
  [Spec in KeyPairSpec]: (typeof KEY_PAIRS)[Spec] extends { readonly kind: Kind } ? Spec : never;
}[KeyPairSpec];

export type RsaSpec = SpecOf<"rsa">;
export type EcSpec = SpecOf<"ec">;
export type MlDsaSpec = SpecOf<"ml-dsa">;
export type MlKemSpec = SpecOf<"ml-kem">;

export const isKeyPairSpec = (spec: string): spec is KeyPairSpec => spec in KEY_PAIRS;
export const isRsa = (spec: KeyPairSpec): spec is RsaSpec => KEY_PAIRS[spec].kind === "rsa";
export const isEc = (spec: KeyPairSpec): spec is EcSpec => KEY_PAIRS[spec].kind === "ec";
export const isMlDsa = (spec: KeyPairSpec): spec is MlDsaSpec => KEY_PAIRS[spec].kind === "ml-dsa";
export const isMlKem = (spec: KeyPairSpec): spec is MlKemSpec => KEY_PAIRS[spec].kind === "ml-kem";

/** HMAC keys: as many bytes as the MAC, and the one algorithm of that number. */
export const HMAC_KEYS = table({
  HMAC_224: { algorithm: "HMAC_SHA_224", keyBytes: 28 },
  HMAC_256: { algorithm: "HMAC_SHA_256", keyBytes: 32 },
  HMAC_384: { algorithm: "HMAC_SHA_384", keyBytes: 48 },
  HMAC_512: { algorithm: "HMAC_SHA_512", keyBytes: 64 },
});

export type HmacSpec = keyof typeof HMAC_KEYS;
export const isHmacSpec = (spec: string): spec is HmacSpec => spec in HMAC_KEYS;

export type MaterialSpec = "SYMMETRIC_DEFAULT" | KeyPairSpec | HmacSpec;
export const isMaterialSpec = (spec: string): spec is MaterialSpec =>
  spec === "SYMMETRIC_DEFAULT" || isKeyPairSpec(spec) || isHmacSpec(spec);
