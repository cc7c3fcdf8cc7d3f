import { ownerOfAccount } from "../acl.js";
import { s3Audit } from "../audit.js";
import { partChecksumMembers } from "../checksums.js";
import { errors } from "../errors.js";
import { abortMembers } from "../lifecycle/answer.js";
import { pageLimit } from "../listing-answer.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { selectPieces } from "../store/index.js";
import { findUpload, getUpload } from "../upload.js";
import { initiatorOf } from "../upload-answer.js";

export const listParts = operation("ListParts", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findUpload(ctx, ports, input),
  checks: (_ctx, _input, { bucket, key }, ports) => [objectCheck(ports, bucket, key, "ListMultipartUploadParts")],
  run: async (_ctx, input, { target }, ports) => {
    const upload = getUpload(target);
    const limit = pageLimit(input.MaxParts, "max-parts");
    const after = parseMarker(input.PartNumberMarker);
    const pieces = await ports.database.read((tx) => selectPieces(tx, upload.id, after, limit + 1));
    const shown = pieces.slice(0, limit);
    const { asked, algorithm, type } = upload.checksum;
    return {
      Bucket: target.bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      ...abortMembers(target.bucket, upload),
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(shown[shown.length - 1]?.part ?? 0),
      MaxParts: limit,
      // A page of none would lead to itself.
      IsTruncated: limit > 0 && pieces.length > limit,
      ...(shown.length === 0
        ? {}
        : {
            Parts: shown.map((piece) => ({
              PartNumber: piece.part,
              LastModified: new Date(piece.modifiedMs),
              ETag: `"${piece.etag}"`,
              Size: piece.bytes,
              ...(asked ? partChecksumMembers(piece.checksum.algorithm, piece.checksum.value) : {}),
            })),
          }),
      Initiator: initiatorOf(target.bucket, upload),
      Owner: ownerOfAccount(target.bucket.account),
      StorageClass: upload.headers.storageClass as "STANDARD", // one of S3's classes
      ...(asked ? { ChecksumAlgorithm: algorithm, ChecksumType: type } : {}),
    };
  },
});

function parseMarker(marker: string | number | undefined): number {
  const after = Number(marker || 0);
  if (Number.isInteger(after) && after >= 0) return after;
  throw errors.invalidArgument(
    "Provided part-number-marker not an integer or within integer range",
    "part-number-marker",
    String(marker),
  );
}
