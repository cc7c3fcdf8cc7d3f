import { LIMITS } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { hasAcl } from "../acl-request.js";
import { annotationChecks, annotationsToCopy, copyAnnotations, refuseUncopyable } from "../annotations/copy.js";
import { s3Audit } from "../audit.js";
import { copied } from "../body.js";
import { getBucket } from "../bucket.js";
import { bucketEncryption } from "../bucket-encryption.js";
import { checksumMembers, parseAlgorithm } from "../checksums.js";
import { checkWriteForm } from "../conditions.js";
import { checkedSource, findSource, readSource, sourceChecks, sourceVersionMember } from "../copy-source.js";
import { hasCustomerKey } from "../customer-key.js";
import { newDataKey } from "../data-key.js";
import { contextMember, customerKeyOf, encryptionMembers, etagIsMd5, sseApplied } from "../encryption.js";
import { writeConditionValues } from "../encryption-conditions.js";
import { type EncryptionInput, planEncryption } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { expirationMember } from "../lifecycle/answer.js";
import { checkKey } from "../names.js";
import {
  checkRedirect,
  commitObject,
  newBodyId,
  newPiece,
  noteObject,
  type ObjectTarget,
  ownerOf,
  parseHeaders,
  removeBlobs,
  targetValues,
} from "../object.js";
import { lockActions, lockOfNew, parseLockHeaders } from "../object-lock.js";
import { newObjectAcl } from "../ownership.js";
import { writePiece } from "../piece-writer.js";
import { objectCheck } from "../policy.js";
import { operation, type S3Ports } from "../ports.js";
import { wholeOf } from "../range.js";
import { parseStorageClass } from "../storage-class.js";
import type { Bucket, ObjectHeaders, StoredObject } from "../store/index.js";
import { parseTaggingHeader } from "../tagging.js";
import { versionedAction, writtenMember } from "../versioning.js";

export const copyObject = operation("CopyObject", {
  category: "Data",
  audit: s3Audit,
  target: async (ctx, input, ports) => {
    const bucket = await getBucket(ctx, ports, input);
    checkKey(input.Key);
    noteObject(ctx, bucket, input.Key);
    const source = await findSource(ctx, ports, input);
    const tags = input.TaggingDirective === "REPLACE" ? parseTaggingHeader(input.Tagging) : (source.object?.tags ?? []);
    const annotations = await annotationsToCopy(ports, source, input.AnnotationDirective);
    return { bucket, source, tags, annotations };
  },
  checks: async (ctx, input, { bucket, source, tags, annotations }, ports) => {
    const values = await writeConditionValues(ctx, ports, bucket, input, tags, true);
    const copiesTags = tags.length > 0 && input.TaggingDirective !== "REPLACE";
    return [
      ...(await sourceChecks(ctx, ports, source)),
      ...(copiesTags ? [tagCheck(ctx, ports, source)] : []),
      ...(await annotationChecks(ctx, ports, annotations, source, { bucket, key: input.Key })),
      objectCheck(ports, bucket, input.Key, "PutObject", values),
      ...(tags.length > 0 ? [objectCheck(ports, bucket, input.Key, "PutObjectTagging", values)] : []),
      ...(hasAcl(input) ? [objectCheck(ports, bucket, input.Key, "PutObjectAcl", values)] : []),
      ...lockActions(input).map((action) => objectCheck(ports, bucket, input.Key, action, values)),
    ];
  },
  run: async (ctx, input, { target: { bucket, source, tags, annotations } }, ports) => {
    const plan = planEncryption(ctx, ports, bucket, input);
    refuseUncopyable(annotations, plan);
    const acl = await newObjectAcl(ctx, ports, bucket, input);
    checkWriteForm({ ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch });
    const object = checkedSource(ctx, input, source);
    // An older version comes back by being copied over its own key.
    const isInPlace = source.bucket.id === bucket.id && source.key === input.Key && source.isLatest;
    if (isInPlace && changesNothing(ports, bucket, input)) throw illegalCopy();
    if (object.bytes > LIMITS.s3PutBytes) throw tooLarge();
    const headers = copiedHeaders(ctx, input, object);
    const lock = lockOfNew(ctx, bucket, parseLockHeaders(ctx, bucket, input));
    const algorithm =
      input.ChecksumAlgorithm === undefined ? object.checksum.algorithm : parseAlgorithm(input.ChecksumAlgorithm);

    const body = await readSource(ctx, ports, source, object, input, wholeOf(object.bytes));
    const written = await (async () => {
      const dataKey = await newDataKey(ctx, ports, bucket, input.Key, plan);
      const piece = newPiece(ctx, newBodyId(ctx), 0);
      const sealed = await writePiece(
        ports,
        dataKey.key,
        ownerOf(bucket, input.Key, piece),
        copied(body, object.bytes),
        {
          contentMd5: undefined,
          md5Told: "hex",
          expected: undefined,
          algorithm,
          wantsMd5: etagIsMd5(dataKey.encryption),
        },
      );
      return { ...sealed, dataKey, piece };
    })().finally(() => body.return());

    const algorithmOfAll = input.ChecksumAlgorithm === undefined ? undefined : algorithm;
    const copy = { bucket, key: input.Key, bodyId: written.piece.bodyId, plan, algorithm: algorithmOfAll };
    const annotated = await copyAnnotations(ctx, ports, annotations, { bucket: source.bucket, object }, copy).catch(
      async (thrown: unknown) => {
        await removeBlobs(ports, [written.blob]);
        throw thrown;
      },
    );

    const { encryption } = written.dataKey;
    const etag = etagIsMd5(encryption) && written.md5 ? written.md5 : ctx.ids.hex(32);
    const checksum = { algorithm, type: "FULL_OBJECT" as const, value: written.checksum };
    const stored = { bytes: written.bytes, etag, modifiedMs: ctx.clock.nowMs() };
    const version = await commitObject(
      ctx,
      ports,
      bucket,
      {
        ...stored,
        bucketId: bucket.id,
        key: input.Key,
        bodyId: written.piece.bodyId,
        parts: 0,
        headers,
        tags,
        checksum,
        encryption,
        dataKey: written.dataKey.wrapped,
        acl,
        lock,
        annotations: annotated,
      },
      {
        ...stored,
        ...written.piece,
        checksum: { algorithm, value: written.checksum },
        blob: written.blob,
        mark: written.mark,
        layers: written.layers,
      },
      written.sealed,
      { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch },
      "ObjectCreated:Copy",
    );
    Object.assign(ctx.notes.additionalEventData, sseApplied(plan));
    return {
      CopyObjectResult: { ETag: `"${etag}"`, LastModified: new Date(stored.modifiedMs), ...checksumMembers(checksum) },
      ...encryptionMembers(encryption, customerKeyOf(plan)),
      ...contextMember(encryption),
      ...writtenMember(version),
      ...expirationMember(bucket, { ...stored, key: input.Key, tags }),
      ...sourceVersionMember(object),
    };
  },
});

const tagCheck = (ctx: RequestContext, ports: S3Ports, source: ObjectTarget) =>
  objectCheck(
    ports,
    source.bucket,
    source.key,
    versionedAction("GetObjectTagging", source.asked),
    targetValues(ctx, source),
  );

interface CopyInput extends EncryptionInput {
  readonly MetadataDirective?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
}

/** An object is copied onto itself only to change something; naming a header is taken for wanting a change. */
function changesNothing({ rules }: S3Ports, bucket: Bucket, input: CopyInput): boolean {
  return (
    input.MetadataDirective !== "REPLACE" &&
    input.StorageClass === undefined &&
    input.WebsiteRedirectLocation === undefined &&
    input.ServerSideEncryption === undefined &&
    !hasCustomerKey(input) &&
    !bucketEncryption(bucket, rules).isExplicit
  );
}

const illegalCopy = () =>
  errors.invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );

const tooLarge = () =>
  errors.invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${LIMITS.s3PutBytes}`,
  );

/** Storage class and redirect are the request's alone; the other headers come with the source unless replaced. */
function copiedHeaders(
  ctx: RequestContext,
  input: CopyInput & Parameters<typeof parseHeaders>[1],
  source: StoredObject,
): ObjectHeaders {
  if (input.MetadataDirective === "REPLACE") return parseHeaders(ctx, input);
  checkRedirect(input.WebsiteRedirectLocation);
  const { websiteRedirectLocation: _dropped, replication: _others, ...headers } = source.headers;
  return {
    ...headers,
    storageClass: parseStorageClass(input.StorageClass),
    ...(input.WebsiteRedirectLocation ? { websiteRedirectLocation: input.WebsiteRedirectLocation } : {}),
  };
}
