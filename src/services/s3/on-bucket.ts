import type { RequestContext } from "../../kit/index.js";
import { s3Audit } from "./audit.js";
import { type BucketInput, getBucket } from "./bucket.js";
import { errors } from "./errors.js";
import { bucketArn } from "./names.js";
import { bucketCheck } from "./policy.js";
import type { S3Ports } from "./ports.js";
import { type Bucket, bucketStands, deleteSetting, putSetting } from "./store/index.js";

/** What operations on a whole bucket share: look it up, ask for one action on it. Spread into their definitions. */
export const onBucket = (action: string) => ({
  audit: s3Audit,
  target: async (ctx: RequestContext, input: BucketInput, ports: S3Ports): Promise<Bucket> => {
    const bucket = await getBucket(ctx, ports, input);
    noteBucket(ctx, bucket);
    return bucket;
  },
  checks: (_ctx: RequestContext, _input: BucketInput, bucket: Bucket, ports: S3Ports) => [
    bucketCheck(ports, bucket, action),
  ],
});

/** The model says 200 of some writes that the service answers with 204. */
export const NO_CONTENT: object = { httpStatus: 204 };

export function noteBucket(ctx: RequestContext, bucket: Bucket): void {
  ctx.notes.resources.push({ accountId: bucket.account, type: "AWS::S3::Bucket", ARN: bucketArn(bucket.name) });
}

/** Stores a bucket's configuration under its name; undefined takes it away. */
export async function saveSetting(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  name: string,
  value: unknown,
): Promise<void> {
  await ctx.commit(ports.database, async (tx) => {
    if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
    if (value === undefined) return deleteSetting(tx, bucket.id, name);
    return putSetting(tx, bucket.id, name, typeof value === "string" ? value : JSON.stringify(value));
  });
}
