import { createHash } from "node:crypto";
import { type AccountId, LIMITS } from "../../base/index.js";
import { errors } from "./errors.js";

/** General purpose bucket names: 3 to 63 of lower-case letters, digits, dots, hyphens; not shaped like an address. */
export function checkBucketName(name: string): void {
  const isNamed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  const isShaped = !/\.\.|^\d+\.\d+\.\d+\.\d+$/.test(name);
  const isReserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!isNamed || !isShaped || isReserved) throw errors.invalidBucketName(name);
}

/** Any UTF-8 of 1 to 1,024 bytes is a key. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > LIMITS.s3KeyBytes) throw errors.keyTooLong(bytes, LIMITS.s3KeyBytes);
}

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

/** The 64 hex digits that S3 calls an account by in ACLs and owners: made from the account, the same for ever. */
export const canonicalUserId = (account: AccountId): string =>
  createHash("sha256").update(`strongroom canonical user ${account}`).digest("hex");

/** S3's own id of a caller without a name. */
export const ANONYMOUS_USER_ID = "65a011a29cdf8ec533ec3d1ccaae921c";

/** `bucket/key?versionId=…`, percent-encoded, with or without a leading slash. */
export function parseCopySource(text: string): { bucket: string; key: string; versionId: string | undefined } {
  const [path = "", query = ""] = text.split("?", 2);
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (!bucket || !key) throw badCopySource(text);
  const versionId = /^versionId=(.*)$/.exec(query)?.[1];
  return { bucket, key, versionId };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badCopySource(path);
  }
}

const badCopySource = (text: string) =>
  errors.invalidArgument("Invalid copy source object key", "x-amz-copy-source", text);
