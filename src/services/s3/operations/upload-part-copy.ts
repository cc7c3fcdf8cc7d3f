import { LIMITS } from "../../../base/index.js";
import { s3Audit } from "../audit.js";
import { copied } from "../body.js";
import { partChecksumMembers } from "../checksums.js";
import { checkedSource, findSource, readSource, sourceChecks, sourceVersionMember } from "../copy-source.js";
import { encryptionMembers } from "../encryption.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { storePart } from "../part.js";
import { partCustomerKey } from "../part-key.js";
import { operation } from "../ports.js";
import { parseCopyRange, wholeOf } from "../range.js";
import { checkPartNumber, findUpload, getUpload, partChecks } from "../upload.js";

export const uploadPartCopy = operation("UploadPartCopy", {
  category: "Data",
  audit: s3Audit,
  target: async (ctx, input, ports) => ({
    ...(await findUpload(ctx, ports, input)),
    source: await findSource(ctx, ports, input),
  }),
  checks: async (ctx, _input, target, ports) => [
    ...(await sourceChecks(ctx, ports, target.source)),
    ...partChecks(ctx, ports, target),
  ],
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    checkPartNumber(input.PartNumber);
    const upload = getUpload(target);
    const customerKey = partCustomerKey(ctx, ports, target.bucket, upload, input);
    const object = checkedSource(ctx, input, target.source);
    const span =
      input.CopySourceRange === undefined ? wholeOf(object.bytes) : parseCopyRange(input.CopySourceRange, object.bytes);
    if (span.bytes > LIMITS.s3PutBytes) {
      throw errors.invalidRequest(
        `The specified copy source is larger than the maximum allowable size for a copy source: ${LIMITS.s3PutBytes}`,
      );
    }
    const body = await readSource(ctx, ports, target.source, object, input, span);
    const { piece } = await storePart(ctx, ports, target.bucket, upload, {
      customerKey,
      number: input.PartNumber,
      source: copied(body, span.bytes),
      contentMd5: undefined,
      expected: undefined,
    }).finally(() => body.return());
    return {
      CopyPartResult: {
        ETag: `"${piece.etag}"`,
        LastModified: new Date(piece.modifiedMs),
        ...(upload.checksum.asked ? partChecksumMembers(piece.checksum.algorithm, piece.checksum.value) : {}),
      },
      ...encryptionMembers(upload.encryption, customerKey),
      ...sourceVersionMember(object),
    };
  },
});
