import type { RequestContext } from "../../../kit/index.js";
import { unquoted } from "../conditions.js";
import { type EncryptionPlan, isKms } from "../encryption.js";
import { refuseUnsafeKmsUse } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { isLocked, lockedObject } from "../object-lock.js";
import type { S3Ports } from "../ports.js";
import type { Bucket, StoredObject } from "../store/index.js";
import { versionMember } from "../versioning.js";

/** As the parent is encrypted now; what S3 left unencrypted has annotations under SSE-S3. The bucket's default does not count. */
export function planOfParent(ctx: RequestContext, ports: S3Ports, object: StoredObject): EncryptionPlan {
  const plan = planBeside(object);
  if (plan.mode !== "AES256") refuseUnsafeKmsUse(ctx, ports);
  return plan;
}

/** The same for S3 itself, which is asked nothing about its connection. */
export function planBeside({ encryption }: StoredObject): EncryptionPlan {
  if (encryption.mode === "SSE-C") throw noAnnotationsUnderCustomersKeys();
  if (!isKms(encryption)) return { mode: "AES256", isDefault: false };
  const { mode, keyArn, context, bucketKey } = encryption;
  return { mode, keyId: keyArn, context, bucketKey, isDefault: false };
}

export const noAnnotationsUnderCustomersKeys = () =>
  errors.invalidRequest("Annotations are not supported for objects encrypted with customer-provided keys (SSE-C).");

/** `x-amz-object-if-match`: about the object that the annotation belongs to. */
export function checkParent(object: StoredObject, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== "*" && unquoted(ifMatch) !== object.etag)
    throw errors.preconditionFailed("x-amz-object-if-match");
}

/** What an annotation of a locked version may not be: taken away, or overwritten, which takes away as well. */
export function refuseLockedParent(ctx: RequestContext, { lock }: StoredObject, bypasses: boolean): void {
  if (isLocked(lock, ctx.clock.nowMs(), bypasses)) throw lockedObject();
}

/** No model of these operations has the header, so it is asked for by its name. */
export const bypassInput = ({ headers }: RequestContext) => ({
  BypassGovernanceRetention: headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true",
});

export const parentVersionMember = (bucket: Bucket, object: StoredObject): { ObjectVersionId?: string } => {
  const { VersionId } = versionMember(bucket, object);
  return VersionId === undefined ? {} : { ObjectVersionId: VersionId };
};
