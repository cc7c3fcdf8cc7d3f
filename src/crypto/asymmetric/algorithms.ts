import { table } from "../../base/index.js";
import type { KeyPairSpec } from "./specs.js";

const RSA_SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"] as const;
const RAW_OR_DIGEST = ["RAW", "DIGEST"] as const;

/** How each signing algorithm of KMS signs, with which keys, and what the message may be given as. */
export const SIGNINGS = table({
  RSASSA_PSS_SHA_256: rsa("pss", "sha256", 32),
  RSASSA_PSS_SHA_384: rsa("pss", "sha384", 48),
  RSASSA_PSS_SHA_512: rsa("pss", "sha512", 64),
  RSASSA_PKCS1_V1_5_SHA_256: rsa("pkcs1", "sha256", 32),
  RSASSA_PKCS1_V1_5_SHA_384: rsa("pkcs1", "sha384", 48),
  RSASSA_PKCS1_V1_5_SHA_512: rsa("pkcs1", "sha512", 64),
  ECDSA_SHA_256: ecdsa("sha256", 32, ["ECC_NIST_P256", "ECC_SECG_P256K1"]),
  ECDSA_SHA_384: ecdsa("sha384", 48, ["ECC_NIST_P384"]),
  ECDSA_SHA_512: ecdsa("sha512", 64, ["ECC_NIST_P521"]),
  ED25519_SHA_512: { scheme: "ed25519", specs: ["ECC_NIST_EDWARDS25519"], messageTypes: ["RAW"], digestBytes: 64 },
  ED25519_PH_SHA_512: {
    scheme: "ed25519ph",
    specs: ["ECC_NIST_EDWARDS25519"],
    messageTypes: ["DIGEST"],
    digestBytes: 64,
  },
  ML_DSA_SHAKE_256: {
    scheme: "ml-dsa",
    specs: ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"],
    messageTypes: ["RAW", "EXTERNAL_MU"],
    digestBytes: 64,
  },
} as const satisfies Record<string, Signing>);

export type SigningAlgorithm = keyof typeof SIGNINGS;
export type MessageType = "RAW" | "DIGEST" | "EXTERNAL_MU";
export type Hash = "sha256" | "sha384" | "sha512";

interface SigningOf<Scheme extends string> {
  readonly scheme: Scheme;
  readonly specs: readonly KeyPairSpec[];
  readonly messageTypes: readonly MessageType[];
  /** The only length of a message that is given as DIGEST or EXTERNAL_MU. */
  readonly digestBytes: number;
}

interface HashedSigning<Scheme extends string> extends SigningOf<Scheme> {
  readonly hash: Hash;
}

export type Signing =
  | HashedSigning<"pss">
  | HashedSigning<"pkcs1">
  | HashedSigning<"ecdsa">
  | SigningOf<"ed25519">
  | SigningOf<"ed25519ph">
  | SigningOf<"ml-dsa">;

/** The bytes a message of that type must have; undefined where any length will do. */
export function messageBytesOf(algorithm: SigningAlgorithm, messageType: MessageType): number | undefined {
  return messageType === "RAW" ? undefined : SIGNINGS[algorithm].digestBytes;
}

export function canSign(spec: string, algorithm: SigningAlgorithm, messageType: MessageType): boolean {
  const signing: Signing = SIGNINGS[algorithm];
  return signing.specs.some((it) => it === spec) && signing.messageTypes.includes(messageType);
}

/** RSA encryption: OAEP with MGF1 of the same hash and an empty label. */
export const RSA_ENCRYPTIONS = table({
  RSAES_OAEP_SHA_1: { hash: "sha1", hashBytes: 20 },
  RSAES_OAEP_SHA_256: { hash: "sha256", hashBytes: 32 },
});

export type RsaEncryptionAlgorithm = keyof typeof RSA_ENCRYPTIONS;

function rsa<const Scheme extends "pss" | "pkcs1">(scheme: Scheme, hash: Hash, digestBytes: number) {
  return { scheme, hash, digestBytes, specs: RSA_SPECS, messageTypes: RAW_OR_DIGEST };
}

function ecdsa(hash: Hash, digestBytes: number, specs: readonly KeyPairSpec[]) {
  return { scheme: "ecdsa", hash, digestBytes, specs, messageTypes: RAW_OR_DIGEST } as const;
}
