import { rowOf, table } from "../base/index.js";

export type KeyUsage =
  | "ENCRYPT_DECRYPT"
  | "SIGN_VERIFY"
  | "GENERATE_VERIFY_MAC"
  | "KEY_AGREEMENT"
  | "ENCAPSULATE_DECAPSULATE";

/** What a spec can be used for, and the algorithms of each use, in the order that KeyMetadata lists them (kms 3.1). */
type Uses = Partial<Record<KeyUsage, readonly string[]>>;

const RSA: Uses = {
  ENCRYPT_DECRYPT: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
  SIGN_VERIFY: [
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
  ],
};
const ECC = (signing: string): Uses => ({ SIGN_VERIFY: [signing], KEY_AGREEMENT: ["ECDH"] });
const HMAC = (algorithm: string): Uses => ({ GENERATE_VERIFY_MAC: [algorithm] });
const ML_DSA: Uses = { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] };
const ML_KEM: Uses = { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] };

/**
 * Every key spec of AWS KMS. SM2 stands here so that a wrong pair of spec and usage is told apart from a right one:
 * its keys are made in China's Regions alone.
 */
export const KEY_SPECS = table({
  SYMMETRIC_DEFAULT: { ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT"] },
  RSA_2048: RSA,
  RSA_3072: RSA,
  RSA_4096: RSA,
  ECC_NIST_P256: ECC("ECDSA_SHA_256"),
  ECC_NIST_P384: ECC("ECDSA_SHA_384"),
  ECC_NIST_P521: ECC("ECDSA_SHA_512"),
  ECC_SECG_P256K1: { SIGN_VERIFY: ["ECDSA_SHA_256"] },
  ECC_NIST_EDWARDS25519: { SIGN_VERIFY: ["ED25519_SHA_512", "ED25519_PH_SHA_512"] },
  HMAC_224: HMAC("HMAC_SHA_224"),
  HMAC_256: HMAC("HMAC_SHA_256"),
  HMAC_384: HMAC("HMAC_SHA_384"),
  HMAC_512: HMAC("HMAC_SHA_512"),
  ML_DSA_44: ML_DSA,
  ML_DSA_65: ML_DSA,
  ML_DSA_87: ML_DSA,
  ML_KEM_512: ML_KEM,
  ML_KEM_768: ML_KEM,
  ML_KEM_1024: ML_KEM,
  SM2: { ENCRYPT_DECRYPT: ["SM2PKE"], SIGN_VERIFY: ["SM2DSA"], KEY_AGREEMENT: ["ECDH"] },
} satisfies Record<string, Uses>);

export type KeySpec = keyof typeof KEY_SPECS;

/** The algorithms of a pair of spec and usage; undefined when the two do not go together (kms O-2). */
export function algorithmsOf(spec: KeySpec, usage: KeyUsage): readonly string[] | undefined {
  const uses: Uses | undefined = rowOf(KEY_SPECS, spec);
  return uses?.[usage];
}

/** Which operations a key of this usage can serve: the grant operations that suit it (kms G-4). */
export const OPERATIONS_OF_USAGE = table({
  ENCRYPT_DECRYPT: ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"],
  SIGN_VERIFY: ["Sign", "Verify"],
  GENERATE_VERIFY_MAC: ["GenerateMac", "VerifyMac"],
  KEY_AGREEMENT: ["DeriveSharedSecret"],
  ENCAPSULATE_DECAPSULATE: ["Encapsulate", "Decapsulate"],
} satisfies Record<KeyUsage, readonly string[]>);

const DATA_KEY_OPERATIONS = [
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
];
const HAS_NO_PUBLIC_KEY = /^(SYMMETRIC_DEFAULT|HMAC_)/;

export function suitsGrant(spec: KeySpec, usage: KeyUsage, operation: string): boolean {
  if (operation === "DescribeKey" || operation === "CreateGrant" || operation === "RetireGrant") return true;
  if (operation === "GetPublicKey") return !HAS_NO_PUBLIC_KEY.test(spec);
  if (DATA_KEY_OPERATIONS.includes(operation)) return spec === "SYMMETRIC_DEFAULT";
  return (OPERATIONS_OF_USAGE[usage] as readonly string[]).includes(operation); // widened: any name may be asked for
}
