import { hasAcl } from "../acl-request.js";
import { s3Audit } from "../audit.js";
import { getBucket } from "../bucket.js";
import { newDataKey } from "../data-key.js";
import { contextMember, customerKeyOf, encryptionMembers, sseApplied } from "../encryption.js";
import { writeConditionValues } from "../encryption-conditions.js";
import { planEncryption } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { abortMembers } from "../lifecycle/answer.js";
import { checkKey } from "../names.js";
import { noteObject, parseHeaders } from "../object.js";
import { lockActions, parseLockHeaders } from "../object-lock.js";
import { newObjectAcl } from "../ownership.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { bucketStands, insertUpload, putObjectAcl, selectObject, type Upload } from "../store/index.js";
import { parseTaggingHeader } from "../tagging.js";
import { newUploadId, uploadChecksum } from "../upload.js";

export const createMultipartUpload = operation("CreateMultipartUpload", {
  category: "Data",
  audit: s3Audit,
  target: async (ctx, input, ports) => {
    const bucket = await getBucket(ctx, ports, input);
    checkKey(input.Key);
    noteObject(ctx, bucket, input.Key);
    return { bucket, tags: parseTaggingHeader(input.Tagging) };
  },
  checks: async (ctx, input, { bucket, tags }, ports) => {
    const values = await writeConditionValues(ctx, ports, bucket, input, tags, false);
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
    const checksum = uploadChecksum(input.ChecksumAlgorithm, input.ChecksumType);
    const headers = parseHeaders(ctx, input);
    const lock = parseLockHeaders(ctx, bucket, input);
    const dataKey = await newDataKey(ctx, ports, bucket, input.Key, plan);
    const upload: Omit<Upload, "keyExisted"> = {
      id: newUploadId(ctx),
      bucketId: bucket.id,
      key: input.Key,
      initiatedMs: ctx.clock.nowMs(),
      initiator: ctx.caller.principal.arn,
      headers,
      tags,
      checksum,
      encryption: dataKey.encryption,
      dataKey: dataKey.wrapped,
      lock,
    };
    await ctx.commit(ports.database, async (tx) => {
      if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
      const keyExisted = (await selectObject(tx, bucket.id, input.Key)) !== undefined;
      await insertUpload(tx, { ...upload, keyExisted });
      if (acl) await putObjectAcl(tx, upload.id, acl);
    });
    Object.assign(ctx.notes.additionalEventData, sseApplied(plan));
    return {
      Bucket: bucket.name,
      Key: input.Key,
      UploadId: upload.id,
      ...abortMembers(bucket, upload),
      ...(checksum.asked ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
      ...encryptionMembers(dataKey.encryption, customerKeyOf(plan)),
      ...contextMember(dataKey.encryption),
    };
  },
});
