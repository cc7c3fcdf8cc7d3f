import { parseArn } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { annotationsOf } from "./annotations/copy.js";
import { rewrapDataKey } from "./data-key.js";
import { errors } from "./errors.js";
import { isLocked } from "./object-lock.js";
import type { S3Ports } from "./ports.js";
import {
  type Annotation,
  type Bucket,
  countAnnotations,
  findVersion,
  type StoredObject,
  updateAnnotationKey,
  updateEncryption,
} from "./store/index.js";

/** The KMS key that an object's data key is to lie under. */
export interface NewWrapping {
  readonly keyArn: string;
  readonly bucketKey: boolean;
}

const ARN = /^(?=.{20,2048}$)arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-zA-Z0-9-]+$/;
const AND_TRY_AGAIN = "and then try again.";

/**
 * Refuses what is no key ARN, and keys of others than the bucket's owner, who may only be of its organization (s3
 * section 6.1). AWS's support enables that for an organization; here it holds for each.
 */
export function checkNewWrapping({ caller }: RequestContext, { keyArn }: NewWrapping, bucket: Bucket): void {
  if (!ARN.test(keyArn)) {
    throw errors.invalidRequest(
      `Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your request, ${AND_TRY_AGAIN}`,
    );
  }
  const { account = "" } = parseArn(keyArn) ?? {};
  if (account === bucket.account) return;
  const { organization } = caller.organizations?.of(bucket.account) ?? {};
  if (organization === undefined) {
    throw errors.accessDenied(
      `The AWS KMS key in the request must be owned by the same account as the bucket. Modify the request to specify a KMS key from the same account, ${AND_TRY_AGAIN}`,
    );
  }
  if (caller.organizations?.of(account)?.organization !== organization) {
    throw errors.accessDenied(
      `The specified AWS KMS key must be from the same organization in AWS Organizations as the bucket. Modify the request to specify a KMS key that belongs to the same organization as the bucket, ${AND_TRY_AGAIN}`,
    );
  }
}

/**
 * Wraps the data keys of the object and of its annotations anew, in the caller's name; its bytes, version, ETag and dates stay as they are. Before
 * anything is wrapped and again where it is written, the object must be one that may be changed.
 */
export async function updateObjectEncryptionOf(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  object: StoredObject,
  wrapping: NewWrapping,
): Promise<void> {
  refuseSource(object);
  refuseLocked(ctx, object);
  const { encryption, wrapped } = await rewrapDataKey(ctx, ports, bucket, object, wrapping);
  const annotations = await annotationsOf(ports, object);
  const rewrapped: (Annotation & { readonly wrapping: Awaited<ReturnType<typeof rewrapDataKey>> })[] = [];
  for (const annotation of annotations)
    rewrapped.push({ ...annotation, wrapping: await rewrapDataKey(ctx, ports, bucket, annotation, wrapping) });
  await ctx.commit(ports.database, async (tx) => {
    const { object: now } = await findVersion(tx, bucket.id, object.key, object.versionId);
    if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(object.key);
    refuseLocked(ctx, now);
    // Somebody else wrapped it meanwhile: theirs opens too, so theirs stays.
    if (!(await updateEncryption(tx, object, encryption, wrapped))) throw errors.slowDown();
    // None may stay under the old key: neither one that came meanwhile nor one that was written anew.
    if ((await countAnnotations(tx, object.bodyId)) !== rewrapped.length) throw errors.slowDown();
    for (const one of rewrapped) {
      if (!(await updateAnnotationKey(tx, one, one.wrapping.encryption, one.wrapping.wrapped))) throw errors.slowDown();
    }
  });
}

const ONLY = "Only source objects encrypted with SSE-S3 or SSE-KMS are supported.";

function refuseSource({ encryption: { mode } }: StoredObject): void {
  if (mode === "none") {
    throw errors.invalidRequest(
      `The UpdateObjectEncryption operation doesn't supported unencrypted source objects. ${ONLY}`,
    );
  }
  if (mode === "SSE-C" || mode === "aws:kms:dsse") {
    throw errors.invalidRequest(
      `The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. ${ONLY}`,
    );
  }
}

function refuseLocked(ctx: RequestContext, { lock }: StoredObject): void {
  if (!isLocked(lock, ctx.clock.nowMs())) return;
  throw errors.accessDenied(
    "The encryption type for the specified object can’t be updated because that object is protected by S3 Object Lock. If the object has a governance-mode retention period or a legal hold, you must first remove the Object Lock status on the object before you issue your UpdateObjectEncryption request. You can't use the UpdateObjectEncryption operation with objects that have an Object Lock compliance mode retention period applied to them.",
  );
}
