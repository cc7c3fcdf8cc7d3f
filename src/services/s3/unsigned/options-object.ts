import type { AnyOperation } from "../../../kit/index.js";
import { s3Audit } from "../audit.js";
import { findBucket } from "../bucket.js";
import { preflight } from "../cors.js";
import type { S3Ports } from "../ports.js";

/** A browser's preflight. Nobody signs it and it touches nothing: the bucket's own rules are all that answers. */
export const optionsObject = (ports: S3Ports): AnyOperation => ({
  name: "OptionsObject",
  readOnly: true,
  category: "Data",
  target: () => undefined,
  checks: () => [],
  run: async (ctx, input) => {
    const { Bucket, Key } = input as { Bucket?: string; Key?: string }; // the labels of its path
    const bucket = Bucket === undefined ? undefined : await findBucket(ports, Bucket);
    return { status: 200, headers: preflight(bucket, ctx.headers, Key === undefined ? "BUCKET" : "OBJECT") };
  },
  auditRequest: (input) => s3Audit.request(input as object), // the labels again
  auditResponse: () => null,
});
