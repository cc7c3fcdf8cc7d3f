import { LIMITS } from "../../../base/index.js";
import { checkAnnotationName } from "../annotations/names.js";
import {
  bypassInput,
  checkParent,
  parentVersionMember,
  planOfParent,
  refuseLockedParent,
} from "../annotations/parent.js";
import { textSource } from "../annotations/text-source.js";
import { writeAnnotation } from "../annotations/write.js";
import { noteBytes, s3Audit } from "../audit.js";
import { bodyOf } from "../body.js";
import { doerOf, noteChange } from "../changes.js";
import { checksumMembers, expectedChecksum, parseAlgorithm } from "../checksums.js";
import { encryptionMembers, sseApplied } from "../encryption.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { commitOrForget, findObject, getTagged, readChecks, removeBlobs } from "../object.js";
import { bypassChecks, bypasses } from "../object-lock.js";
import { operation } from "../ports.js";
import { queueAnnotation } from "../replication/queue.js";
import { countAnnotations, findVersion, putAnnotation, selectAnnotation } from "../store/index.js";

export const putObjectAnnotation = operation("PutObjectAnnotation", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: async (ctx, _input, target, ports) => [
    ...(await readChecks(ctx, ports, target, "PutObjectAnnotation")),
    ...bypassChecks(ctx, ports, target, bypassInput(ctx)),
  ],
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    const { bucket } = target;
    const name = input.AnnotationName ?? "";
    checkAnnotationName(name);
    const object = getTagged(target, "PUT");
    checkParent(object, input.ObjectIfMatch);
    const plan = planOfParent(ctx, ports, object);
    const text = textSource(bodyOf(ctx));
    const expected = expectedChecksum(input, ctx.headers);
    const asked = input.ChecksumAlgorithm === undefined ? "CRC64NVME" : parseAlgorithm(input.ChecksumAlgorithm);
    const made = await writeAnnotation(ctx, ports, bucket, { ...object, plan }, name, text, {
      contentMd5: input.ContentMD5,
      expected,
      algorithm: expected?.algorithm ?? asked,
    });
    const bypassed = bypasses(ctx, target, bypassInput(ctx));
    const doer = doerOf(ctx);
    const freed = await commitOrForget(ctx, ports, [made.piece.blob], async (tx) => {
      const { object: now } = await findVersion(tx, bucket.id, object.key, object.versionId);
      if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(object.key);
      // Its key was wrapped anew meanwhile: what was sealed here would stay under the old one.
      if (!Buffer.from(now.dataKey).equals(object.dataKey)) throw errors.slowDown();
      if (await selectAnnotation(tx, object.bodyId, name)) refuseLockedParent(ctx, now, bypassed);
      else if ((await countAnnotations(tx, object.bodyId)) >= LIMITS.s3Annotations)
        throw errors.annotationLimitExceeded();
      const replaced = await putAnnotation(tx, made);
      await queueAnnotation(tx, bucket, now, made, doer.timeMs);
      await noteChange(tx, doer, bucket, { event: "ObjectAnnotation:Put", ...object });
      return replaced;
    });
    await removeBlobs(ports, freed);
    Object.assign(ctx.notes.additionalEventData, sseApplied(plan));
    noteBytes(ctx, "In", made.piece.bytes);
    return {
      Key: object.key,
      AnnotationName: name,
      ...parentVersionMember(bucket, object),
      ETag: `"${made.piece.etag}"`,
      ...checksumMembers({ ...made.piece.checksum, type: "FULL_OBJECT" }),
      ServerSideEncryption: encryptionMembers(made.encryption).ServerSideEncryption,
    };
  },
});
