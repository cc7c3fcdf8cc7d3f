import { noteBytes, s3Audit } from "../audit.js";
import { bodyOf } from "../body.js";
import { expectedChecksum, partChecksumMembers } from "../checksums.js";
import { encryptionMembers } from "../encryption.js";
import { refuseEncryptionHeader } from "../encryption-plan.js";
import { lockOfNew, needsDigest } from "../object-lock.js";
import { storePart } from "../part.js";
import { partCustomerKey } from "../part-key.js";
import { operation } from "../ports.js";
import { checkPartAlgorithm, checkPartNumber, findUpload, getUpload, partChecks } from "../upload.js";

export const uploadPart = operation("UploadPart", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findUpload(ctx, ports, input),
  checks: (ctx, _input, target, ports) => partChecks(ctx, ports, target),
  run: async (ctx, input, { target }, ports) => {
    refuseEncryptionHeader(ctx);
    checkPartNumber(input.PartNumber);
    const upload = getUpload(target);
    const customerKey = partCustomerKey(ctx, ports, target.bucket, upload, input);
    const expected = expectedChecksum(input, ctx.headers);
    checkPartAlgorithm(upload, expected);
    const lock = lockOfNew(ctx, target.bucket, upload.lock);
    needsDigest(lock, expected !== undefined || input.ContentMD5 !== undefined, "Part");
    const { piece, written } = await storePart(ctx, ports, target.bucket, upload, {
      customerKey,
      number: input.PartNumber,
      source: bodyOf(ctx),
      contentMd5: input.ContentMD5,
      expected,
    });
    noteBytes(ctx, "In", piece.bytes);
    const told = written.verified ?? (upload.checksum.asked ? piece.checksum : undefined);
    return {
      ETag: `"${piece.etag}"`,
      ...partChecksumMembers(told?.algorithm, told?.value),
      ...encryptionMembers(upload.encryption, customerKey),
    };
  },
});
