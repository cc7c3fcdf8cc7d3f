import { createHash } from "node:crypto";
import { LIMITS } from "../../base/index.js";
import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { getBucket } from "./bucket.js";
import {
  CHECKSUMS,
  type Checksum,
  type ChecksumMembers,
  checksumOfParts,
  type ExpectedChecksum,
  multipartType,
  parseAlgorithm,
} from "./checksums.js";
import { unquoted } from "./conditions.js";
import { etagIsMd5, type ObjectEncryption } from "./encryption.js";
import { CREATES, storedEncryptionValues } from "./encryption-conditions.js";
import { errors } from "./errors.js";
import { checkKey } from "./names.js";
import { noteObject } from "./object.js";
import { headerValues, objectCheck } from "./policy.js";
import type { S3Ports } from "./ports.js";
import { type Bucket, type Piece, selectUpload, type Upload, type UploadChecksum } from "./store/index.js";

export interface UploadInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** The upload is undefined when there is none of that id for that bucket and key. */
export interface UploadTarget {
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly upload: Upload | undefined;
}

export async function findUpload(ctx: RequestContext, ports: S3Ports, input: UploadInput): Promise<UploadTarget> {
  const bucket = await getBucket(ctx, ports, input);
  const { Key: key = "", UploadId: uploadId = "" } = input;
  checkKey(key);
  noteObject(ctx, bucket, key);
  const found = await ports.database.read((tx) => selectUpload(tx, uploadId));
  const isOurs = found?.bucketId === bucket.id && found.key === key;
  return { bucket, key, uploadId, upload: isOurs ? found : undefined };
}

/** Asked after authorization: whether an upload exists is not told to everybody. */
export function getUpload({ upload, uploadId }: UploadTarget): Upload {
  if (!upload) throw errors.noSuchUpload(uploadId);
  return upload;
}

/** Writing a part carries no encryption headers: policies see what the upload was created with (s3 section 7). */
export function partChecks(
  ctx: RequestContext,
  ports: S3Ports,
  { bucket, key, upload }: UploadTarget,
  creates = false,
): Check[] {
  const values = { ...(upload && storedEncryptionValues(upload.encryption)), [CREATES]: String(creates) };
  return [objectCheck(ports, bucket, key, "PutObject", headerValues(ctx, values))];
}

export function checkPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= LIMITS.s3Parts) return;
  throw errors.invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    String(number),
  );
}

/** What CreateMultipartUpload decides about checksums, for all parts. */
export function uploadChecksum(algorithm: string | undefined, type: string | undefined): UploadChecksum {
  if (algorithm !== undefined) {
    const name = parseAlgorithm(algorithm);
    return { algorithm: name, type: multipartType(name, type), asked: true };
  }
  if (type !== undefined) {
    throw errors.invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  return { algorithm: "CRC64NVME", type: "FULL_OBJECT", asked: false };
}

/** A part's checksum must be of the upload's algorithm, if somebody chose one, and be there if the object's is made of the parts'. */
export function checkPartAlgorithm(upload: Upload, expected: ExpectedChecksum | undefined): void {
  const { asked, algorithm, type } = upload.checksum;
  if (!asked || expected?.algorithm === algorithm || (!expected && type === "FULL_OBJECT")) return;
  throw errors.invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${expected?.algorithm.toLowerCase() ?? null}`,
  );
}

/** A part as CompleteMultipartUpload names it. */
export interface NamedPart extends ChecksumMembers {
  readonly PartNumber: number;
  readonly ETag: string;
}

/** The schema asks for both. */
export function areNamed(parts: readonly Partial<NamedPart>[]): parts is readonly NamedPart[] {
  return parts.every(({ PartNumber, ETag }) => PartNumber !== undefined && ETag !== undefined);
}

/** The pieces that the named parts are, in order. Throws what S3 says of each way to be wrong. */
export function chooseParts(upload: Upload, named: readonly NamedPart[], pieces: readonly Piece[]): Piece[] {
  const byNumber = new Map(pieces.map((piece) => [piece.part, piece]));
  if (named.length === 0) throw errors.invalidRequest("You must specify at least one part");
  const isOrdered = named.every((part, at) => at === 0 || part.PartNumber > (named[at - 1]?.PartNumber ?? 0));
  if (!isOrdered) throw errors.invalidPartOrder(upload.id);
  const chosen = named.map((part) => {
    const piece = byNumber.get(part.PartNumber);
    const etag = unquoted(part.ETag);
    if (!piece || piece.etag !== etag) throw errors.invalidPart(upload.id, { number: part.PartNumber, etag });
    checkNamedChecksum(upload, part, piece);
    return piece;
  });
  const small = chosen.slice(0, -1).find((piece) => piece.bytes < LIMITS.s3MinPartBytes);
  if (small) {
    throw errors.entityTooSmall({ number: small.part, etag: small.etag, bytes: small.bytes }, LIMITS.s3MinPartBytes);
  }
  return chosen;
}

function checkNamedChecksum({ id, checksum }: Upload, part: NamedPart, piece: Piece): void {
  const given = part[CHECKSUMS[checksum.algorithm].member];
  const algorithm = checksum.algorithm.toLowerCase();
  if (checksum.type === "COMPOSITE" && given === undefined) {
    throw errors.invalidRequest(
      `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${piece.part} in the request.`,
    );
  }
  if (checksum.type === "COMPOSITE") {
    if (given === piece.checksum.value) return;
    throw errors.badDigest(`The ${algorithm} you specified for part ${piece.part} did not match what we received.`);
  }
  // A sum of another algorithm is none of that part's, be it right or wrong.
  const sums = Object.values(CHECKSUMS).map((row) => part[row.member]);
  if (sums.every((sum) => sum === undefined || sum === piece.checksum.value)) return;
  throw errors.invalidPart(id, { number: piece.part, etag: piece.etag });
}

/** Asked before anything of the parts is. */
export function checkCompletedType({ checksum }: Upload, type: string | undefined): void {
  if (type === undefined || (checksum.asked && type === checksum.type)) return;
  throw errors.invalidRequest(
    `The upload was created using the ${checksum.asked ? checksum.type : "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/**
 * The checksum of the whole, held against what the request says of it. S3 puts an upload under a customer's key together
 * without that key, so it cannot know a checksum that nobody asked for: then none is told.
 */
export function completedChecksum(
  { checksum, encryption }: Upload,
  parts: readonly Piece[],
  given: ChecksumMembers,
): Checksum {
  const whole = checksumOfParts(
    checksum.algorithm,
    checksum.type,
    parts.map((piece) => ({ value: piece.checksum.value, bytes: piece.bytes })),
  );
  const values = Object.values(CHECKSUMS).map((row) => given[row.member]);
  if (values.some((value) => value !== undefined && value !== whole.value)) {
    throw errors.badDigest(
      `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    );
  }
  return encryption.mode === "SSE-C" && !checksum.asked ? { ...whole, untold: true } : whole;
}

/** MD5 of the parts' MD5s and their count; under KMS random, as each part's is (s3 section 3.1). */
export function completedEtag(ctx: RequestContext, encryption: ObjectEncryption, parts: readonly Piece[]): string {
  const digest = etagIsMd5(encryption)
    ? createHash("md5")
        .update(Buffer.concat(parts.map((piece) => Buffer.from(piece.etag, "hex"))))
        .digest("hex")
    : ctx.ids.hex(32);
  return `${digest}-${parts.length}`;
}

/** Ids sort by the time at which they were made, as lists of uploads do, and cannot be guessed. */
export const newUploadId = (ctx: RequestContext): string =>
  ctx.clock.nowMs().toString(36).padStart(9, "0") + ctx.ids.hex(40);
