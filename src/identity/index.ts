/**
 * Who asks, and whether they may: accounts, credentials, sessions, SigV4 in all its forms, S3's old URLs, `authorize`.
 * It never answers a request and knows no service's operations. The gateway authenticates with it, every
 * service and `kms` authorize with it, and the IAM and STS services administer its directory.
 */
export { accountOfAccessKeyId } from "./access-key-id.js";
export { createAccessKey, createAccount, type Makers, wholeSeconds } from "./access-keys.js";
export * from "./authorize.js";
export * from "./call.js";
export { callerOfArn } from "./caller-of-arn.js";
export type { Item, Items } from "./directory/items.js";
export * from "./directory/oidc-providers-store.js";
export * from "./directory.js";
export { directory } from "./directory-store.js";
export * from "./last-uses.js";
export * from "./managed-policies.js";
export * from "./mfa.js";
export { base32, stepAt, stepOfCode, totpCode } from "./mfa-code.js";
export { IDENTITY_MIGRATIONS } from "./migrations.js";
export * from "./open-identity.js";
export { FULL_ACCESS, findAwsPolicy } from "./organizations/aws-policies.js";
export { NO_ORGANIZATIONS, type Organizations, type Placement } from "./organizations/placement.js";
export { policyStore } from "./organizations/policy-store.js";
export type * from "./organizations/records.js";
export { requestsStore } from "./organizations/requests-store.js";
export { treeStore } from "./organizations/tree-store.js";
export { hashPassword, isPassword } from "./password-hash.js";
export * from "./principals.js";
export * from "./saml/index.js";
export {
  EMPTY_SCOPE,
  packedPercent,
  packScope,
  type SamlSubject,
  type Sealer,
  type SessionClaims,
  type SessionOf,
  type SessionScope,
} from "./session-token.js";
export * from "./sigv2/index.js";
export * from "./sigv4/index.js";
export * from "./things.js";
export * from "./trust-policy.js";
export * from "./user-credentials.js";
