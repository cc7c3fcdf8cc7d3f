import { AwsError } from "../../../base/index.js";
import type { InputOf } from "../../../kit/index.js";
import { bucketEncryption } from "../bucket-encryption.js";
import { errors } from "../errors.js";
import { hasAcls } from "../ownership.js";
import { payerOf } from "../payment.js";
import type { S3Ports } from "../ports.js";
import type { Bucket } from "../store/index.js";

export const LOGGING = "logging";

/** Where a bucket's access log goes, as it is stored. */
export interface Logging {
  readonly bucket: string;
  readonly prefix: string;
  /** Undefined: names as they always were, without folders. */
  readonly partitions?: "EventTime" | "DeliveryTime";
  /** The element was written although it changes nothing: it is shown again. */
  readonly isSimple: boolean;
}

type Given = NonNullable<
  InputOf<typeof import("@aws-sdk/client-s3"), "PutBucketLogging">["BucketLoggingStatus"]["LoggingEnabled"]
>;

export function loggingOf(bucket: Bucket): Logging | undefined {
  const text = bucket.settings.get(LOGGING);
  return text === undefined ? undefined : (JSON.parse(text) as Logging); // written by PutBucketLogging
}

export function parseLogging(given: Given): Logging {
  const { TargetBucket: bucket, TargetPrefix: prefix, TargetObjectKeyFormat: format } = given;
  if (bucket === undefined || bucket === "" || prefix === undefined) throw errors.malformedXml();
  if (Buffer.byteLength(prefix) > MOST_PREFIX_BYTES) throw errors.malformedXml();
  const isSimple = format?.SimplePrefix !== undefined;
  if (isSimple && format?.PartitionedPrefix !== undefined) throw errors.malformedXml();
  const partitions = format?.PartitionedPrefix && (format.PartitionedPrefix.PartitionDateSource ?? "DeliveryTime");
  return { bucket, prefix, isSimple, ...(partitions === undefined ? {} : { partitions }) };
}

/** With what is added to it, a name stays within 1,024 bytes. */
const MOST_PREFIX_BYTES = 800;

/** What S3 asks of the bucket that takes the log; whether its policy lets the log in shows when it is delivered. */
export function checkTarget(ports: S3Ports, source: Bucket, target: Bucket | undefined, given: Given): void {
  const refuse = (message: string) =>
    new AwsError("InvalidTargetBucketForLogging", message, {
      status: 400,
      fields: { TargetBucket: given.TargetBucket ?? "" },
    });
  if (target === undefined) throw refuse("The target bucket for logging does not exist");
  if (target.account !== source.account) {
    throw refuse("The owner for the bucket to be logged and the target bucket must be the same.");
  }
  if (target.region !== source.region) {
    throw new AwsError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ", {
      status: 403,
      // A bucket of us-east-1 has no location.
      fields: {
        ...(source.region === "us-east-1" ? {} : { SourceBucketLocation: source.region }),
        TargetBucketLocation: target.region,
      },
    });
  }
  if (bucketEncryption(target, ports.rules).algorithm.startsWith("aws:kms")) {
    throw refuse("The target bucket for logging must have SSE-S3 as its default encryption.");
  }
  if (payerOf(target) === "Requester") throw refuse("The target bucket for logging cannot have Requester Pays.");
  if ((given.TargetGrants ?? []).length > 0) throw refusedGrants(target);
}

const refusedGrants = (target: Bucket) =>
  hasAcls(target)
    ? errors.notImplemented("Target grants are not implemented here: the policy of the target bucket says who reads.")
    : new AwsError("AccessControlListNotSupported", "Target grants not allowed for bucket owner enforced buckets", {
        status: 400,
      });

/** As GetBucketLogging shows it. */
export const describeLogging = (logging: Logging | undefined) =>
  logging === undefined
    ? {}
    : {
        LoggingEnabled: {
          TargetBucket: logging.bucket,
          TargetPrefix: logging.prefix,
          ...(logging.isSimple ? { TargetObjectKeyFormat: { SimplePrefix: {} } } : {}),
          ...(logging.partitions === undefined
            ? {}
            : { TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: logging.partitions } } }),
        },
      };
