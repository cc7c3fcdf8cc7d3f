import { AwsError, isAccountId, isRegion, parseArn } from "../../base/index.js";
import { type Denied, denialText } from "../../identity/index.js";
import { type AnyOperation, defineService, type Service } from "../../kit/index.js";
import { invisibleKeyText, type Kms } from "../../kms/index.js";
import type { PrincipalView, ResourceSide } from "../../policy/index.js";
import { counted } from "./counted.js";
import { limited } from "./limited.js";
import { cancelKeyDeletion } from "./operations/cancel-key-deletion.js";
import { connectCustomKeyStore } from "./operations/connect-custom-key-store.js";
import { createAlias } from "./operations/create-alias.js";
import { createCustomKeyStore } from "./operations/create-custom-key-store.js";
import { createGrant } from "./operations/create-grant.js";
import { createKey } from "./operations/create-key.js";
import { decapsulate } from "./operations/decapsulate.js";
import { decrypt } from "./operations/decrypt.js";
import { deleteAlias } from "./operations/delete-alias.js";
import { deleteCustomKeyStore } from "./operations/delete-custom-key-store.js";
import { deleteImportedKeyMaterial } from "./operations/delete-imported-key-material.js";
import { deriveSharedSecret } from "./operations/derive-shared-secret.js";
import { describeCustomKeyStores } from "./operations/describe-custom-key-stores.js";
import { describeKey } from "./operations/describe-key.js";
import { disableKey } from "./operations/disable-key.js";
import { disableKeyRotation } from "./operations/disable-key-rotation.js";
import { disconnectCustomKeyStore } from "./operations/disconnect-custom-key-store.js";
import { enableKey } from "./operations/enable-key.js";
import { enableKeyRotation } from "./operations/enable-key-rotation.js";
import { encapsulate } from "./operations/encapsulate.js";
import { encrypt } from "./operations/encrypt.js";
import { generateDataKey } from "./operations/generate-data-key.js";
import { generateDataKeyPair } from "./operations/generate-data-key-pair.js";
import { generateDataKeyPairWithoutPlaintext } from "./operations/generate-data-key-pair-without-plaintext.js";
import { generateDataKeyWithoutPlaintext } from "./operations/generate-data-key-without-plaintext.js";
import { generateMac } from "./operations/generate-mac.js";
import { generateRandom } from "./operations/generate-random.js";
import { getKeyLastUsage } from "./operations/get-key-last-usage.js";
import { getKeyPolicy } from "./operations/get-key-policy.js";
import { getKeyRotationStatus } from "./operations/get-key-rotation-status.js";
import { getParametersForImport } from "./operations/get-parameters-for-import.js";
import { getPublicKey } from "./operations/get-public-key.js";
import { importKeyMaterial } from "./operations/import-key-material.js";
import { listAliases } from "./operations/list-aliases.js";
import { listGrants } from "./operations/list-grants.js";
import { listKeyPolicies } from "./operations/list-key-policies.js";
import { listKeyRotations } from "./operations/list-key-rotations.js";
import { listKeys } from "./operations/list-keys.js";
import { listResourceTags } from "./operations/list-resource-tags.js";
import { listRetirableGrants } from "./operations/list-retirable-grants.js";
import { putKeyPolicy } from "./operations/put-key-policy.js";
import { reEncrypt } from "./operations/re-encrypt.js";
import { replicateKey } from "./operations/replicate-key.js";
import { retireGrant } from "./operations/retire-grant.js";
import { revokeGrant } from "./operations/revoke-grant.js";
import { rotateKeyOnDemand } from "./operations/rotate-key-on-demand.js";
import { scheduleKeyDeletion } from "./operations/schedule-key-deletion.js";
import { sign } from "./operations/sign.js";
import { tagResource } from "./operations/tag-resource.js";
import { untagResource } from "./operations/untag-resource.js";
import { updateAlias } from "./operations/update-alias.js";
import { updateCustomKeyStore } from "./operations/update-custom-key-store.js";
import { updateKeyDescription } from "./operations/update-key-description.js";
import { updatePrimaryRegion } from "./operations/update-primary-region.js";
import { verify } from "./operations/verify.js";
import { verifyMac } from "./operations/verify-mac.js";

const OPERATIONS = [
  cancelKeyDeletion,
  connectCustomKeyStore,
  createAlias,
  createCustomKeyStore,
  createGrant,
  createKey,
  decapsulate,
  decrypt,
  deleteAlias,
  deleteCustomKeyStore,
  deriveSharedSecret,
  describeCustomKeyStores,
  deleteImportedKeyMaterial,
  describeKey,
  disableKey,
  disableKeyRotation,
  disconnectCustomKeyStore,
  enableKey,
  enableKeyRotation,
  encapsulate,
  encrypt,
  generateDataKey,
  generateDataKeyPair,
  generateDataKeyPairWithoutPlaintext,
  generateDataKeyWithoutPlaintext,
  generateMac,
  generateRandom,
  getKeyLastUsage,
  getKeyPolicy,
  getKeyRotationStatus,
  getPublicKey,
  getParametersForImport,
  importKeyMaterial,
  listAliases,
  listGrants,
  listKeyPolicies,
  listKeyRotations,
  listKeys,
  listResourceTags,
  listRetirableGrants,
  putKeyPolicy,
  reEncrypt,
  replicateKey,
  retireGrant,
  revokeGrant,
  rotateKeyOnDemand,
  scheduleKeyDeletion,
  sign,
  tagResource,
  untagResource,
  updateAlias,
  updateCustomKeyStore,
  updateKeyDescription,
  updatePrimaryRegion,
  verify,
  verifyMac,
];

/** AWS KMS on the wire: what keys mean is in `src/kms`. Operations that are not here answer NotImplemented. */
export function kmsService({ kms }: { readonly kms: Kms }): Service {
  return defineService({
    id: "kms",
    operations: OPERATIONS.map((bind) => metered(bind(kms), kms)),
    denied,
    workers: kms.workers,
    sideOf: (resource, principal) => sideOf(kms, resource, principal),
  });
}

/** Counted, and where rates are set behind its own. */
function metered(operation: AnyOperation, kms: Kms): AnyOperation {
  const once = counted(operation, kms);
  return kms.rates === undefined ? once : limited(once, kms.rates);
}

/** A ciphertext whose key lies in another account tells nothing about that key to whoever has no way to it (kms 5.9). */
function denied(refusal: Denied): AwsError {
  return new AwsError("AccessDeniedException", isInvisible(refusal) ? invisibleText(refusal) : denialText(refusal));
}

const FROM_CIPHERTEXT = new Set(["kms:Decrypt", "kms:ReEncryptFrom"]);

function isInvisible({ check, decision, callerArn }: Denied): boolean {
  const isForeign = check.side.account !== callerArn.split(":")[4];
  return isForeign && FROM_CIPHERTEXT.has(check.action) && decision.layer === "resource-based policy";
}

const invisibleText = ({ callerArn, check }: Denied) => invisibleKeyText(callerArn, check.action);

/** What speaks for a key when this principal asks for it: for explanations. */
async function sideOf(kms: Kms, resource: string, principal: PrincipalView): Promise<ResourceSide | undefined> {
  const arn = parseArn(resource);
  if (arn?.service !== "kms" || !isAccountId(arn.account) || !isRegion(arn.region)) return undefined;
  const { loaded } = await kms.keys.find(resource, { account: arn.account, region: arn.region }, "NotFoundException");
  if (loaded === undefined) return undefined;
  const grants = await kms.keys.grantsOf(loaded, principal);
  return { kind: "key", account: loaded.key.account, policy: loaded.policy, grants };
}
