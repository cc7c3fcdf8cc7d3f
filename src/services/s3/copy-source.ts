import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { getBucketAnywhere } from "./bucket.js";
import { checkCopySource } from "./conditions.js";
import { parseCustomerKey, sourceCustomerInput } from "./customer-key.js";
import { openDataKey } from "./data-key.js";
import { errors } from "./errors.js";
import { parseCopySource } from "./names.js";
import { findIn, getExisting, type ObjectTarget, readChecks } from "./object.js";
import { openBody } from "./object-read.js";
import type { BodyReader } from "./piece-reader.js";
import type { S3Ports } from "./ports.js";
import type { Span } from "./range.js";
import { needsReadable } from "./storage-class.js";
import { NULL_VERSION, type StoredObject } from "./store/index.js";

interface SourceInput {
  readonly CopySource?: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
  readonly RequestPayer?: string | undefined;
}

/** The object that a copy reads; its bucket may lie in another Region and belong to somebody else. */
export async function findSource(ctx: RequestContext, ports: S3Ports, input: SourceInput): Promise<ObjectTarget> {
  const { bucket: name, key, versionId } = parseCopySource(input.CopySource ?? "");
  const bucket = await getBucketAnywhere(ctx, ports, {
    Bucket: name,
    ExpectedBucketOwner: input.ExpectedSourceBucketOwner,
    RequestPayer: input.RequestPayer,
  });
  return findIn(ports, bucket, key, versionId);
}

export const sourceChecks = (ctx: RequestContext, ports: S3Ports, source: ObjectTarget): Check[] | Promise<Check[]> =>
  readChecks(ctx, ports, source, "GetObject");

/** The source, once its conditions hold. */
export function checkedSource(ctx: RequestContext, input: SourceInput, source: ObjectTarget): StoredObject {
  if (source.marker && source.asked !== undefined) {
    throw errors.invalidRequest(
      "The source of a copy request may not specifically refer to a delete marker by version id.",
    );
  }
  const object = getExisting(source);
  checkCopySource(
    {
      ifMatch: input.CopySourceIfMatch,
      ifNoneMatch: input.CopySourceIfNoneMatch,
      ifModifiedSince: input.CopySourceIfModifiedSince,
      ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    object,
    ctx.clock.nowMs(),
  );
  needsReadable(object, ctx.clock.nowMs(), "source");
  return object;
}

/** The version that was copied, where the source's bucket has versions with ids of their own. */
export const sourceVersionMember = ({ versionId }: StoredObject): { CopySourceVersionId?: string } =>
  versionId === NULL_VERSION ? {} : { CopySourceVersionId: versionId };

/** The source's plaintext: one Decrypt in the caller's name, or with the key that the request brings for it. */
export async function readSource(
  ctx: RequestContext,
  ports: S3Ports,
  source: ObjectTarget,
  object: StoredObject,
  input: SourceInput,
  span: Span,
): Promise<BodyReader> {
  const customerKey = parseCustomerKey(ctx, ports, sourceCustomerInput(input), "read");
  const key = await openDataKey(ctx, ports, source.bucket, object, customerKey);
  return openBody(ports, key, object, span);
}
