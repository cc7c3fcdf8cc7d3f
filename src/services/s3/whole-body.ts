import { createHash } from "node:crypto";
import { base64, parseBase64 } from "../../base/index.js";
import type { AnyOperation, RequestContext } from "../../kit/index.js";
import { ALGORITHMS, CHECKSUMS, prepareChecksum, verifyChecksum } from "./checksums.js";
import { errors } from "./errors.js";

/** Here the checksum headers speak of the object that is being put together, not of the XML that asks for it. */
const OF_THE_OBJECT = new Set(["CompleteMultipartUpload"]);

/** S3 takes these only together with a digest of their body. */
const NEED_A_DIGEST = new Set([
  "DeleteObjects",
  "PutBucketCors",
  "PutBucketEncryption",
  "PutBucketLifecycleConfiguration",
  "PutBucketReplication",
  "PutBucketTagging",
  "PutObjectLegalHold",
  "PutObjectLockConfiguration",
  "PutObjectRetention",
  "UpdateObjectEncryption",
]);

/** XML bodies are held against the digests that came with them before anything is believed of them. */
export function checkingWholeBodies(operation: AnyOperation): AnyOperation {
  return {
    ...operation,
    target: (ctx, input) => {
      const { bytes } = ctx;
      if (bytes === undefined || bytes.length === 0) return operation.target(ctx, input);
      return checkWholeBody(ctx, bytes, operation.name).then(() => operation.target(ctx, input));
    },
  };
}

async function checkWholeBody({ headers }: RequestContext, bytes: Buffer, operation: string): Promise<void> {
  const md5 = headers["content-md5"];
  if (md5 !== undefined) checkMd5(md5, bytes);
  if (OF_THE_OBJECT.has(operation)) return;
  let hasDigest = md5 !== undefined || headers["x-amz-trailer"] !== undefined;
  for (const algorithm of ALGORITHMS) {
    const value = headers[CHECKSUMS[algorithm].header];
    if (value === undefined) continue;
    hasDigest = true;
    await prepareChecksum(algorithm);
    const hasher = CHECKSUMS[algorithm].make();
    hasher.update(bytes);
    verifyChecksum({ algorithm, value }, base64(hasher.digest()), {});
  }
  if (!hasDigest && NEED_A_DIGEST.has(operation)) {
    throw errors.invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
}

function checkMd5(given: string, bytes: Buffer): void {
  if (parseBase64(given)?.length !== 16) throw errors.invalidDigest(given);
  const calculated = createHash("md5").update(bytes).digest("base64");
  if (calculated === given) return;
  throw errors.badDigest("The Content-MD5 you specified did not match what we received.", {
    ExpectedDigest: given,
    CalculatedDigest: calculated,
  });
}
