import type { Clock, Ids, Log, Region } from "../base/index.js";
import type { Identity } from "../identity/index.js";
import { bodyOfBytes, type InnerCalls, type Service } from "../kit/index.js";
import type { TrailBuckets } from "../services/cloudtrail/service.js";
import { allowed, asService, innerContext, operationOf } from "./inner-calls.js";

interface Ports {
  readonly inner: InnerCalls;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly s3: Service;
}

const SERVICE = "cloudtrail.amazonaws.com";
/**
 * What buckets' policies ask for. It is not said as the operation's ACL: for that S3 would want PutObjectAcl too, which
 * no policy that AWS documents for trails gives.
 */
const ACL = { "x-amz-acl": "bucket-owner-full-control" };

/**
 * How CloudTrail writes to buckets: S3's own operations, authorized as the service principal by the bucket's policy,
 * encrypted as S3 encrypts for anybody, and recorded. Services never import each other: this stands between them.
 */
export function trailBuckets(ports: Ports): TrailBuckets {
  const { s3 } = ports;
  return {
    async call(actor, region) {
      return { ...(await innerContext(ports, asService(SERVICE, actor))), region: region as Region }; // a trail's or a bucket's
    },

    async check(actor, bucket, key) {
      const ctx = await innerContext(ports, asService(SERVICE, actor), ACL);
      const found = await allowed(s3, ctx, operationOf(s3, "GetBucketAcl"), { Bucket: bucket });
      await allowed(s3, ctx, operationOf(s3, "PutObject"), { Bucket: bucket, Key: key });
      return (found.target as { readonly region: string }).region; // what S3's operations on a whole bucket look up
    },

    async put(actor, { bucket, key, body, metadata, kmsKeyId }) {
      const headers = {
        ...ACL,
        ...(kmsKeyId === undefined ? {} : { "x-amz-server-side-encryption": "aws:kms" }),
      };
      const context = { "aws:cloudtrail:arn": actor.sourceArn };
      const encryption = {
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: kmsKeyId,
        SSEKMSEncryptionContext: Buffer.from(JSON.stringify(context)).toString("base64"),
      };
      const input = {
        Bucket: bucket,
        Key: key,
        ContentType: "application/x-gzip",
        Metadata: metadata,
        ...(kmsKeyId === undefined ? {} : encryption),
      };
      const request = { headers, body: bodyOfBytes(body) };
      await ports.inner.perform(asService(SERVICE, actor), s3, operationOf(s3, "PutObject"), input, request);
    },
  };
}
