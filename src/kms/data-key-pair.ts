import type { DataKeyPairSpec } from "@aws-sdk/client-kms";
import { AwsError } from "../base/index.js";
import type { KeyPairSpec } from "../crypto/index.js";
import type { RequestValues } from "../policy/index.js";
import { refuseUnlessUsable } from "./key.js";
import type { LoadedKey } from "./repository.js";
import { refuseUnlessSymmetric } from "./use-key.js";

type PairSpec = Extract<KeyPairSpec, DataKeyPairSpec>;

/** `kms:DataKeyPairSpec`, and the algorithm that seals the private key (kms 5.7). */
export const pairValues = (spec: DataKeyPairSpec): RequestValues =>
  new Map([
    ["kms:datakeypairspec", spec],
    ["kms:encryptionalgorithm", "SYMMETRIC_DEFAULT"],
  ]);

/** Data key pairs come from symmetric encryption keys whose material is in this house (kms 3.4). */
export function refuseUnlessWrapsPairs(loaded: LoadedKey, operation: string, spec: DataKeyPairSpec): PairSpec {
  const { key } = loaded;
  refuseUnlessUsable(key);
  if (key.origin === "AWS_CLOUDHSM" || key.origin === "EXTERNAL_KEY_STORE") {
    throw unsupported(`${key.arn} origin is ${key.origin} which is not valid for this operation.`);
  }
  refuseUnlessSymmetric(loaded, operation);
  if (spec === "SM2") throw unsupported("Data key pairs with the key pair spec SM2 are made in China Regions only.");
  return spec;
}

const unsupported = (message: string) => new AwsError("UnsupportedOperationException", message);
