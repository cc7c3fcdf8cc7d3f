import { ownerOfAccount } from "../acl.js";
import { errors } from "../errors.js";
import { afterKey, listPage, type Position } from "../listing.js";
import { commonPrefixes, listValues, type NameWriter, nameWriter, pageLimit, rowsOf } from "../listing-answer.js";
import { onBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation, type S3Ports } from "../ports.js";
import { type Bucket, listUploads, selectUpload, type Upload } from "../store/index.js";
import { initiatorOf } from "../upload-answer.js";

export const listMultipartUploads = operation("ListMultipartUploads", {
  ...onBucket("ListBucketMultipartUploads"),
  checks: (ctx, input, bucket, ports) => [
    bucketCheck(
      ports,
      bucket,
      "ListBucketMultipartUploads",
      listValues(ctx, { Prefix: input.Prefix, Delimiter: input.Delimiter }),
    ),
  ],
  run: async (_ctx, input, { target: bucket }, ports) => {
    const write = nameWriter(input.EncodingType);
    const limit = pageLimit(input.MaxUploads, "max-uploads");
    const after = await position(ports, bucket, input.KeyMarker, input.UploadIdMarker);
    const listing = await ports.database.read((tx) => {
      const read = async (from: Position, before: Buffer | undefined, count: number) =>
        (await listUploads(tx, bucket.id, from, before, count)).map((upload) => ({
          upload,
          id: upload.id,
          key: upload.keyBytes,
        }));
      const { Prefix: prefix = "", Delimiter: delimiter = "" } = input;
      return listPage({ prefix, delimiter, after, limit }, read, read);
    });
    const uploads = rowsOf(listing).map((row) => row.upload);
    const last = listing.entries[listing.entries.length - 1];
    const lastUpload = last && "row" in last ? last.row.upload : undefined;
    // After a common prefix S3 tells no marker at all; a reader goes on with the prefix itself.
    return {
      Bucket: bucket.name,
      KeyMarker: write(input.KeyMarker ?? ""),
      UploadIdMarker: input.KeyMarker ? (input.UploadIdMarker ?? "") : "",
      NextKeyMarker: write(lastUpload?.key ?? ""),
      NextUploadIdMarker: lastUpload?.id ?? "",
      MaxUploads: limit,
      IsTruncated: listing.truncated,
      ...(input.Prefix ? { Prefix: write(input.Prefix) } : {}),
      ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
      ...(input.EncodingType ? { EncodingType: "url" as const } : {}),
      ...(uploads.length > 0 ? { Uploads: uploads.map((upload) => described(bucket, upload, write)) } : {}),
      ...commonPrefixes(listing, write),
    };
  },
});

/** An id marker counts only beside a key marker, and must be of an upload of that key or have been. */
async function position(
  ports: S3Ports,
  bucket: Bucket,
  key: string | undefined,
  id: string | undefined,
): Promise<Position | undefined> {
  if (!key) return undefined;
  if (!id) return afterKey(Buffer.from(key));
  const upload = await ports.database.read((tx) => selectUpload(tx, id));
  if (upload && (upload.bucketId !== bucket.id || upload.key !== key)) {
    throw errors.invalidArgument("Invalid uploadId marker", "upload-id-marker", id);
  }
  return { key: Buffer.from(key), id };
}

function described(bucket: Bucket, upload: Upload, write: NameWriter) {
  const { asked, algorithm, type } = upload.checksum;
  return {
    UploadId: upload.id,
    Key: write(upload.key),
    Initiated: new Date(upload.initiatedMs),
    StorageClass: upload.headers.storageClass as "STANDARD", // one of S3's classes
    Owner: ownerOfAccount(bucket.account),
    Initiator: initiatorOf(bucket, upload),
    ...(asked ? { ChecksumAlgorithm: algorithm, ChecksumType: type } : {}),
  };
}
