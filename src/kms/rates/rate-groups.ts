import { type AccountId, type Region, rowOf, table } from "../../base/index.js";

/** What of a request tells which rate it counts against: never the key, which is not looked up yet (kms 1.3). */
export interface RatedInput {
  readonly EncryptionAlgorithm?: string | undefined;
  readonly SourceEncryptionAlgorithm?: string | undefined;
  readonly DestinationEncryptionAlgorithm?: string | undefined;
  readonly SigningAlgorithm?: string | undefined;
  readonly KeyPairSpec?: string | undefined;
}

type GroupsOf = (input: RatedInput) => readonly string[];

const SYMMETRIC = ["symmetric"] as const;
const RSA = ["rsa"] as const;
const PAIRS: GroupsOf = ({ KeyPairSpec }) => [`GenerateDataKeyPair/${KeyPairSpec}`];

const byCipher = (algorithm: string | undefined) => (algorithm?.startsWith("RSAES_") ? RSA : SYMMETRIC);
const bySignature = ({ SigningAlgorithm = "" }: RatedInput): readonly string[] => {
  if (SigningAlgorithm.startsWith("RSASSA_")) return RSA;
  return SigningAlgorithm.startsWith("ML_DSA") ? ["mlDsa"] : ["ecc"];
};

/** Cryptographic operations share their rates with others of their kind; every other operation has its own (kms 12.2). */
const SHARED: Readonly<Record<string, GroupsOf>> = table<Record<string, GroupsOf>>({
  Encrypt: (input) => byCipher(input.EncryptionAlgorithm),
  Decrypt: (input) => byCipher(input.EncryptionAlgorithm),
  // Once, or once on either side where these differ.
  ReEncrypt: (input) => {
    const from = byCipher(input.SourceEncryptionAlgorithm);
    const to = byCipher(input.DestinationEncryptionAlgorithm);
    return from === to ? from : [...from, ...to];
  },
  GenerateDataKey: () => SYMMETRIC,
  GenerateDataKeyWithoutPlaintext: () => SYMMETRIC,
  GenerateMac: () => SYMMETRIC,
  VerifyMac: () => SYMMETRIC,
  GenerateRandom: () => SYMMETRIC,
  Sign: bySignature,
  Verify: bySignature,
  DeriveSharedSecret: () => ["ecc"],
  Encapsulate: () => ["mlKem"],
  Decapsulate: () => ["mlKem"],
  GenerateDataKeyPair: PAIRS,
  GenerateDataKeyPairWithoutPlaintext: PAIRS,
});

export const rateGroupsOf = (operation: string, input: RatedInput): readonly string[] =>
  rowOf(SHARED, operation)?.(input) ?? [operation];

/** Whether the operation does cryptography with a key: in a custom key store these share one rate more. */
export const isCryptographic = (operation: string): boolean =>
  rowOf(SHARED, operation) !== undefined && operation !== "GenerateRandom";

const LARGE = new Set(["us-east-1", "us-west-2", "eu-west-1"]);
const MIDDLE = new Set([
  "us-east-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "eu-central-1",
  "eu-west-2",
]);

const symmetricRate = (region: Region) => (LARGE.has(region) ? 100_000 : MIDDLE.has(region) ? 20_000 : 10_000);

const named = (rate: number, names: string) => names.split(" ").map((name): [string, number] => [name, rate]);

/** AWS's rates, a second, for each account and Region (kms 12.2). `customStore` is for each store. */
const RATES: ReadonlyMap<string, number> = new Map([
  ["symmetric", 10_000],
  ...named(1_000, "rsa ecc mlDsa mlKem"),
  ["customStore", 1_800],
  ...["P256", "P384", "P521"].flatMap((curve) => named(100, `GenerateDataKeyPair/ECC_NIST_${curve}`)),
  ...named(100, "GenerateDataKeyPair/ECC_SECG_P256K1 GenerateDataKeyPair/ECC_NIST_EDWARDS25519"),
  ...["512", "768", "1024"].flatMap((size) => named(100, `GenerateDataKeyPair/ML_KEM_${size}`)),
  ["GenerateDataKeyPair/RSA_2048", 20],
  ["GenerateDataKeyPair/RSA_3072", 4],
  ["GenerateDataKeyPair/RSA_4096", 1],
  ["GenerateDataKeyPair/SM2", 25],
  ...named(2_000, "DescribeKey GetPublicKey ListResourceTags"),
  ...named(1_000, "GetKeyPolicy GetKeyRotationStatus"),
  ...named(500, "ListAliases ListKeys"),
  ...named(100, "ListGrants ListKeyPolicies ListKeyRotations ListRetirableGrants"),
  ...named(50, "CreateGrant RetireGrant RevokeGrant"),
  ...named(15, "DeleteAlias DeleteImportedKeyMaterial EnableKeyRotation ImportKeyMaterial PutKeyPolicy"),
  ["ScheduleKeyDeletion", 15],
  ["TagResource", 10],
  ...named(5, "CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateKey"),
  ...named(5, "DeleteCustomKeyStore DescribeCustomKeyStores DisableKey DisableKeyRotation"),
  ...named(5, "DisconnectCustomKeyStore EnableKey GetKeyLastUsage ReplicateKey RotateKeyOnDemand UntagResource"),
  ...named(5, "UpdateAlias UpdateCustomKeyStore UpdateKeyDescription UpdatePrimaryRegion"),
  ["GetParametersForImport", 1],
]);

export const RATE_GROUPS: ReadonlySet<string> = new Set(RATES.keys());

/** Which rates hold: those given, and AWS's beside them where `aws` says so. */
export interface RateSettings {
  readonly aws: boolean;
  readonly rates: ReadonlyMap<string, number>;
}

/** Undefined: not limited. */
export function rateOf({ aws, rates }: RateSettings, group: string, region: Region): number | undefined {
  const own = rates.get(group);
  if (own !== undefined || !aws) return own;
  return group === "symmetric" ? symmetricRate(region) : RATES.get(group);
}

/** Whom a request is charged to: its caller, wherever the key lies, also when a service calls for them. */
export interface Charged {
  readonly account: AccountId;
  readonly region: Region;
}
