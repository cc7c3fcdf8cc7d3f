import { DAY_MS, describeThrown, isAwsError } from "../../base/index.js";
import { bodyOfBytes } from "../../kit/index.js";
import { s3Denied } from "./denied.js";
import type { S3Ports } from "./ports.js";
import { type Delivery, deleteDelivery, deliveriesAfter } from "./store/index.js";

/** What cannot be written is kept for so long, as its bucket's policy may be set right; then it is lost, and logged so. */
const KEPT_MS = DAY_MS;
/** Bodies held in memory together. */
const AT_ONCE = 4;

/**
 * Writes what was planned, each object once: the name was chosen when it was planned, and what stands under it already
 * was written by a run that was killed before it could say so.
 */
export async function writeDeliveries(ports: S3Ports, now: Date): Promise<void> {
  const failed = new Set<string>();
  for (let after = 0; ; ) {
    const page = await ports.database.read((tx) => deliveriesAfter(tx, after, AT_ONCE));
    for (const delivery of page) {
      const { bucket, service } = delivery.plan;
      const target = `${service} ${bucket} ${delivery.sourceId}`;
      // A bucket that refuses one object refuses the next: they wait for the next run.
      const isDone = !failed.has(target) && (await write(ports, delivery));
      if (!isDone) failed.add(target);
      const isOver = isDone || now.getTime() - delivery.plannedMs >= KEPT_MS;
      if (!isDone && isOver) ports.log.error("s3.delivery-lost", { service, bucket, key: delivery.plan.key });
      if (isOver) await ports.database.write((tx) => deleteDelivery(tx, delivery.id));
    }
    after = page.at(-1)?.id ?? after;
    if (page.length < AT_ONCE) return;
  }
}

async function write(ports: S3Ports, { plan, body }: Delivery): Promise<boolean> {
  const { service, bucket, key, kmsKeyId } = plan;
  const encryption =
    kmsKeyId === undefined
      ? { ServerSideEncryption: "AES256" }
      : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId };
  const input = {
    Bucket: bucket,
    Key: key,
    IfNoneMatch: "*",
    ...(plan.owner === undefined ? {} : { ExpectedBucketOwner: plan.owner }),
    ContentType: plan.contentType,
    ...(plan.contentEncoding === undefined ? {} : { ContentEncoding: plan.contentEncoding }),
    ...encryption,
  };
  const headers = {
    "if-none-match": "*",
    "x-amz-acl": "bucket-owner-full-control",
    "x-amz-server-side-encryption": encryption.ServerSideEncryption,
    ...(kmsKeyId === undefined ? {} : { "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId }),
  };
  try {
    const actor = ports.inner.asService(service, plan);
    const request = { headers, body: bodyOfBytes(body) };
    await ports.inner.perform(actor, S3_ITSELF, ports.own("PutObject"), input, request);
  } catch (thrown) {
    if (isAwsError(thrown, "PreconditionFailed")) return true;
    ports.log.warn("s3.delivery", { service, bucket, ...describeThrown(thrown) });
    return false;
  }
  return true;
}

export const S3_ITSELF = { denied: s3Denied, eventSource: "s3.amazonaws.com" };
