import type { KeyMetadata } from "@aws-sdk/client-kms";
import { needs, type Region } from "../base/index.js";
import { type Key, keyArn } from "./key.js";
import { algorithmsOf, type KeyUsage } from "./key-spec.js";
import { familyRole } from "./multi-region/family.js";

/** Which member lists the algorithms, by usage (kms 1.9). */
const ALGORITHMS_MEMBER = {
  ENCRYPT_DECRYPT: "EncryptionAlgorithms",
  SIGN_VERIFY: "SigningAlgorithms",
  GENERATE_VERIFY_MAC: "MacAlgorithms",
  KEY_AGREEMENT: "KeyAgreementAlgorithms",
  ENCAPSULATE_DECAPSULATE: "EncapsulationAlgorithms",
} as const satisfies Record<KeyUsage, string>;

/** A key as DescribeKey and CreateKey tell it: exactly the members that the real service sends (kms 1.9). */
export function keyMetadata(key: Key): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt,
    Enabled: key.state === "Enabled" || key.state === "Updating",
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.state === "PendingDeletion" ? { DeletionDate: key.deletionAt } : {}),
    ...(key.state === "PendingReplicaDeletion" ? { PendingDeletionWindowInDays: key.windowDays } : {}),
    Origin: key.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as KeyMetadata["CustomerMasterKeySpec"], // the deprecated twin lists fewer specs
    KeySpec: key.spec as KeyMetadata["KeySpec"], // our table may know a spec that the client's version does not
    ...(key.imported?.expiration === undefined ? {} : { ExpirationModel: key.imported.expiration }),
    ...(key.imported?.validTo === undefined ? {} : { ValidTo: key.imported.validTo }),
    ...algorithmMember(key),
    MultiRegion: key.family !== undefined,
    ...familyMembers(key),
    ...materialId(key),
    ...inStore(key),
  };
}

/** Exactly one list, by usage. GetPublicKey tells it too. */
export function algorithmMember(key: Key): Partial<KeyMetadata> {
  const list = algorithmsOf(key.spec, key.usage);
  needs(list !== undefined, "a key's usage goes with its spec");
  return { [ALGORITHMS_MEMBER[key.usage]]: [...list] };
}

/** ReplicaKeys is there, and empty, for a primary that stands alone. */
function familyMembers(key: Key): Partial<KeyMetadata> {
  const { family } = key;
  if (family === undefined) return {};
  const related = (Region: Region) => ({ Arn: keyArn({ ...key, region: Region }), Region });
  return {
    MultiRegionConfiguration: {
      MultiRegionKeyType: familyRole(key),
      PrimaryKey: related(family.primary),
      ReplicaKeys: family.replicas.map(related),
    },
  };
}

/** Symmetric keys whose material is, or was, in this house. */
function materialId(key: Key): Partial<KeyMetadata> {
  const shown = key.spec === "SYMMETRIC_DEFAULT" && (key.origin === "AWS_KMS" || key.origin === "EXTERNAL");
  return shown && key.material !== undefined ? { CurrentKeyMaterialId: key.material } : {};
}

function inStore({ customStore }: Key): Partial<KeyMetadata> {
  if (customStore === undefined) return {};
  const { id, type, externalKeyId, clusterId } = customStore;
  return {
    CustomKeyStoreId: id,
    ...(clusterId === undefined ? {} : { CloudHsmClusterId: clusterId }),
    ...(type === "EXTERNAL_KEY_STORE" ? { XksKeyConfiguration: { Id: externalKeyId } } : {}),
  };
}
