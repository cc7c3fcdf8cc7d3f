import { hasAcl } from "../acl-request.js";
import { noteBytes, s3Audit } from "../audit.js";
import { bodyOf } from "../body.js";
import { getBucket } from "../bucket.js";
import { checksumMembers, expectedChecksum } from "../checksums.js";
import { checkWriteForm } from "../conditions.js";
import { newDataKey } from "../data-key.js";
import { contextMember, customerKeyOf, encryptionMembers, etagIsMd5, sseApplied } from "../encryption.js";
import { writeConditionValues } from "../encryption-conditions.js";
import { planEncryption } from "../encryption-plan.js";
import { expirationMember } from "../lifecycle/answer.js";
import { checkKey } from "../names.js";
import { commitObject, newBodyId, newPiece, noteObject, ownerOf, parseHeaders } from "../object.js";
import { lockActions, lockOfNew, needsDigest, parseLockHeaders } from "../object-lock.js";
import { newObjectAcl } from "../ownership.js";
import { writePiece } from "../piece-writer.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { parseTaggingHeader } from "../tagging.js";
import { putMember } from "../versioning.js";

export const putObject = operation("PutObject", {
  category: "Data",
  audit: s3Audit,
  target: async (ctx, input, ports) => {
    const bucket = await getBucket(ctx, ports, input);
    checkKey(input.Key);
    noteObject(ctx, bucket, input.Key);
    return { bucket, tags: parseTaggingHeader(input.Tagging) };
  },
  checks: async (ctx, input, { bucket, tags }, ports) => {
    const values = await writeConditionValues(ctx, ports, bucket, input, tags, true);
    const actions = [
      "PutObject",
      ...(tags.length > 0 ? ["PutObjectTagging"] : []),
      ...(hasAcl(input) ? ["PutObjectAcl"] : []),
      ...lockActions(input),
    ];
    return actions.map((action) => objectCheck(ports, bucket, input.Key, action, values));
  },
  run: async (ctx, input, { target: { bucket, tags } }, ports) => {
    const plan = planEncryption(ctx, ports, bucket, input);
    const acl = await newObjectAcl(ctx, ports, bucket, input);
    checkWriteForm({ ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch });
    const headers = parseHeaders(ctx, input);
    const expected = expectedChecksum(input, ctx.headers);
    const lock = lockOfNew(ctx, bucket, parseLockHeaders(ctx, bucket, input));
    needsDigest(lock, expected !== undefined || input.ContentMD5 !== undefined, "Object");
    const algorithm = expected?.algorithm ?? "CRC64NVME";

    const dataKey = await newDataKey(ctx, ports, bucket, input.Key, plan);
    const { encryption } = dataKey;
    const piece = newPiece(ctx, newBodyId(ctx), 0);
    const written = await writePiece(ports, dataKey.key, ownerOf(bucket, input.Key, piece), bodyOf(ctx), {
      contentMd5: input.ContentMD5,
      md5Told: "hex",
      expected,
      algorithm,
      wantsMd5: etagIsMd5(encryption),
    });

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
        bodyId: piece.bodyId,
        parts: 0,
        headers,
        tags,
        checksum,
        encryption,
        dataKey: dataKey.wrapped,
        acl,
        lock,
      },
      {
        ...stored,
        ...piece,
        checksum: { algorithm, value: written.checksum },
        blob: written.blob,
        mark: written.mark,
        layers: written.layers,
      },
      written.sealed,
      { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch },
      "ObjectCreated:Put",
    );
    Object.assign(ctx.notes.additionalEventData, sseApplied(plan));
    noteBytes(ctx, "In", written.bytes);
    return {
      ETag: `"${etag}"`,
      ...checksumMembers(checksum),
      ...encryptionMembers(encryption, customerKeyOf(plan)),
      ...contextMember(encryption),
      ...putMember(version),
      ...expirationMember(bucket, { ...stored, key: input.Key, tags }),
    };
  },
});
