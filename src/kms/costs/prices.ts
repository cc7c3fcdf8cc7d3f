import { table } from "../../base/index.js";

/** US dollars; requests by the ten thousand (kms 12.3). Public pages differ on some, so they can be set. */
export interface Prices {
  /** A customer managed key, replicas and keys in custom key stores included. */
  readonly keyMonth: number;
  /** What the first and the second rotation add, each. */
  readonly rotationMonth: number;
  readonly requests: number;
  readonly asymmetric: number;
  readonly pairEcc: number;
  readonly pairRsa: number;
  /** Of `requests`, each month, over all Regions. */
  readonly freeRequests: number;
}

export const PRICES: Prices = table({
  keyMonth: 1,
  rotationMonth: 1,
  requests: 0.03,
  asymmetric: 0.15,
  pairEcc: 0.1,
  pairRsa: 12,
  freeRequests: 20_000,
});

export type PriceClass = "requests" | "asymmetric" | "pairEcc" | "pairRsa";

const ON_PUBLIC_KEYS = new Set(
  "Encrypt Decrypt ReEncrypt Sign Verify GetPublicKey DeriveSharedSecret Encapsulate Decapsulate".split(" "),
);

/** `operation` with the pair's spec behind it, as it is counted: `GenerateDataKeyPair/RSA_2048`. */
export function priceClassOf(operation: string, keySpec: string | undefined): PriceClass {
  if (operation.startsWith("GenerateDataKeyPair")) return operation.includes("/RSA_") ? "pairRsa" : "pairEcc";
  if (keySpec === undefined || !ON_PUBLIC_KEYS.has(operation)) return "requests";
  return isCheap(keySpec) ? "requests" : "asymmetric";
}

const isCheap = (spec: string) => spec === "SYMMETRIC_DEFAULT" || spec === "RSA_2048" || spec.startsWith("HMAC_");
