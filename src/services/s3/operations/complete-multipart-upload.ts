import type { RequestContext } from "../../../kit/index.js";
import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { checksumMembers, prepareChecksum } from "../checksums.js";
import { checkCompletion, checkWriteForm } from "../conditions.js";
import { encryptionMembers } from "../encryption.js";
import { errors } from "../errors.js";
import { expirationMember } from "../lifecycle/answer.js";
import { type NewObject, placeVersion, removeFreed, subjectOf } from "../object.js";
import { lockOfNew } from "../object-lock.js";
import { proveUploadKey } from "../part-key.js";
import { operation } from "../ports.js";
import { deletePiece, deleteUpload, selectObject, selectPieces } from "../store/index.js";
import {
  areNamed,
  checkCompletedType,
  chooseParts,
  completedChecksum,
  completedEtag,
  findUpload,
  getUpload,
  partChecks,
} from "../upload.js";
import { newVersionId, versioningNow, writtenMember } from "../versioning.js";

const MOST_PARTS = 10_000;

export const completeMultipartUpload = operation("CompleteMultipartUpload", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findUpload(ctx, ports, input),
  checks: (ctx, _input, target, ports) => partChecks(ctx, ports, target, true),
  run: async (ctx, input, { target }, ports) => {
    const { bucket } = target;
    const upload = getUpload(target);
    const conditions = { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch };
    checkWriteForm(conditions);
    checkCompletedType(upload, input.ChecksumType);
    const named = input.MultipartUpload?.Parts ?? [];
    if (named.length > MOST_PARTS || !areNamed(named)) throw errors.malformedXml();
    await proveUploadKey(ctx, ports, bucket, upload, input);
    await prepareChecksum(upload.checksum.algorithm);

    const fresh = newVersionId(ctx);
    const doer = doerOf(ctx);
    const { object, freed, written } = await ctx.commit(ports.database, async (tx) => {
      const pieces = await selectPieces(tx, upload.id, -1, MOST_PARTS);
      const parts = chooseParts(upload, named, pieces);
      const checksum = completedChecksum(upload, parts, input);
      const bytes = parts.reduce((sum, piece) => sum + piece.bytes, 0);
      checkSize(input.MpuObjectSize, bytes);
      checkCompletion(conditions, upload.key, subjectOf(await selectObject(tx, bucket.id, upload.key)), upload);
      if (!(await deleteUpload(tx, upload.id))) throw errors.noSuchUpload(upload.id);
      const made: NewObject = {
        bucketId: bucket.id,
        key: upload.key,
        bodyId: upload.id,
        bytes,
        etag: completedEtag(ctx, upload.encryption, parts),
        modifiedMs: ctx.clock.nowMs(),
        parts: parts.length,
        headers: upload.headers,
        tags: upload.tags,
        checksum,
        encryption: upload.encryption,
        dataKey: upload.dataKey,
        lock: lockOfNew(ctx, bucket, upload.lock),
      };
      const { freed: blobs, written } = await placeVersion(tx, made, await versioningNow(tx, bucket), fresh);
      const event = "ObjectCreated:CompleteMultipartUpload";
      await noteChange(tx, doer, bucket, { event, ...made, ...written, object: made });
      const chosen = new Set(parts.map((piece) => piece.part));
      for (const piece of pieces.filter((one) => !chosen.has(one.part))) {
        await deletePiece(tx, piece);
        if (piece.blob !== undefined) blobs.push(piece.blob);
      }
      return { object: made, freed: blobs, written };
    });
    await removeFreed(ctx, ports, freed);
    return {
      Location: locationOf(ctx, bucket.name, upload.key),
      Bucket: bucket.name,
      Key: upload.key,
      ETag: `"${object.etag}"`,
      ...checksumMembers(object.checksum),
      ...encryptionMembers(object.encryption),
      ...writtenMember(written),
      ...expirationMember(bucket, object),
    };
  },
});

function checkSize(given: number | undefined, bytes: number): void {
  if (given === undefined || Number(given) === bytes) return;
  throw errors.invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${given} does not match what was computed: ${bytes}`,
  );
}

const locationOf = (ctx: RequestContext, bucket: string, key: string): string =>
  `${ctx.secureTransport ? "https" : "http"}://${ctx.host}/${bucket}/${encodeURIComponent(key)}`;
