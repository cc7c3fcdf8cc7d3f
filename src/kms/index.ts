/**
 * What keys mean: keys, aliases, grants, key policies, rotation, deletion, and the `Keys` port through which every
 * service uses them. It never speaks a wire protocol and never sees key material, which stays in `keystore/`.
 * `services/kms` puts it on the wire; storage services hold its ports.
 */
export * from "./alias.js";
export * from "./change-key.js";
export * from "./ciphers.js";
export * from "./conditions.js";
export * from "./create-key.js";
export * from "./custom-stores/connect.js";
export * from "./custom-stores/custom-key-store.js";
export * from "./custom-stores/manage-store.js";
export * from "./custom-stores/port.js";
export * as storeRows from "./custom-stores/store.js";
export { createStoreKey } from "./custom-stores/store-key.js";
export { randomBytesOf, storeUse } from "./custom-stores/use-store.js";
export type { ProxyOptions } from "./custom-stores/xks/proxy-client.js";
export { xksKind } from "./custom-stores/xks/xks-kind.js";
export * from "./data-key.js";
export * from "./data-key-pair.js";
export * from "./deletion.js";
export * from "./encryption-context.js";
export * from "./find-key.js";
export * from "./grants/grant.js";
export { type GrantTokens, invalidGrantToken } from "./grants/grant-token.js";
export * as grantRows from "./grants/store.js";
export * from "./identifiers.js";
export * from "./key.js";
export * from "./key-agreement.js";
export * from "./key-policy.js";
export type { KeySpec, KeyUsage } from "./key-spec.js";
export type { Kms, KmsOptions, KmsWorker } from "./kms.js";
export { MANAGED_ALIASES } from "./managed-keys.js";
export * from "./metadata.js";
export { KMS_MIGRATIONS } from "./migrations.js";
export { type FamilyRole, refuseReplica, sibling } from "./multi-region/family.js";
export { finishInRegion, finishNow } from "./multi-region/finish.js";
export * from "./multi-region/replicate.js";
export { changeShared, tellReplicas } from "./multi-region/share.js";
export { otherRegionEvent } from "./multi-region/trail.js";
export * from "./multi-region/update-primary.js";
export { openKms } from "./open-kms.js";
export * from "./port.js";
export * from "./public-key.js";
export * from "./quotas.js";
export { aliasName, type LoadedKey } from "./repository.js";
export { rotateIfDue, rotateOnDemand } from "./rotate-key.js";
export * from "./rotation.js";
export * from "./seal-under.js";
export * from "./signing.js";
export * as keyRows from "./store.js";
export * from "./tags.js";
export { keyResource, storeData } from "./trail.js";
export type { KeyUse } from "./usage/usage.js";
export * from "./use-key.js";
