/**
 * AWS KMS on the wire: one file an operation, over the rooms `kms` and `kit`. It holds no SQL and no key material.
 * `app` opens it; the gateway runs its operations.
 */
export type { KmsPorts } from "./operation.js";
export { kmsService } from "./service.js";
