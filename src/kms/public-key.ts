import type { GetPublicKeyCommandOutput, KeySpec } from "@aws-sdk/client-kms";
import { AwsError, needs } from "../base/index.js";
import { isKeyPairSpec, type KeyPairSpec } from "../crypto/index.js";
import { refuseIf, refuseUnless } from "./key.js";
import { algorithmMember } from "./metadata.js";
import type { LoadedKey } from "./repository.js";

/** A key pair without its private half: all that Verify, Encrypt and Encapsulate need. */
export interface PublicHalf {
  readonly spec: KeyPairSpec;
  /** SPKI DER. */
  readonly publicKey: Uint8Array;
}

/** Of a key whose state and usage were checked: a usable pair has its public half here. */
export function publicHalf({ key, publicKey }: LoadedKey): PublicHalf {
  needs(isKeyPairSpec(key.spec) && publicKey !== undefined, "a usable key pair has a public key");
  return { spec: key.spec, publicKey };
}

/** What GetPublicKey answers. A disabled key still shows it; one that waits for its material has none (kms O-25). */
export function publicKeyMembers(loaded: LoadedKey): Omit<GetPublicKeyCommandOutput, "$metadata"> {
  const { key, publicKey } = loaded;
  refuseIf(key, "PendingDeletion", "PendingReplicaDeletion", "Creating");
  if (!isKeyPairSpec(key.spec)) {
    const text = `${key.arn} key spec is ${key.spec} which is not valid for GetPublicKey.`;
    throw new AwsError("UnsupportedOperationException", text);
  }
  refuseUnless(key, "Enabled", "Disabled", "Updating", "Unavailable");
  needs(publicKey !== undefined, "a key pair with material has a public key");
  return {
    KeyId: key.arn,
    PublicKey: publicKey,
    CustomerMasterKeySpec: key.spec as GetPublicKeyCommandOutput["CustomerMasterKeySpec"], // the deprecated twin lists fewer specs
    KeySpec: key.spec as KeySpec, // our table may know a spec that the client's version does not
    KeyUsage: key.usage,
    ...algorithmMember(key),
  };
}
