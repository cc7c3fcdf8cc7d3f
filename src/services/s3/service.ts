import type { Clock, Ids, Log } from "../../base/index.js";
import type { KeyHandle } from "../../crypto/index.js";
import { type AnyOperation, defineService, type InnerCalls, type Service } from "../../kit/index.js";
import type { Keys, OwnedKeys } from "../../kms/index.js";
import type { Blobs, Database } from "../../store/index.js";
import { findBucket } from "./bucket.js";
import { BucketKeys } from "./bucket-keys.js";
import { computeChecksumOperation } from "./compute-checksum.js";
import { crossOriginHeaders } from "./cross-origin.js";
import { s3Denied } from "./denied.js";
import { manifestOperation } from "./generated-manifest/list.js";
import { inventoryWorker } from "./inventory/worker.js";
import { lifecycleWorker } from "./lifecycle/worker.js";
import { AccessLog } from "./logging/access-log.js";
import { accessLogWorker } from "./logging/delivery.js";
import { eventWorker } from "./notifications/delivery.js";
import { type EventDestinations, NO_DESTINATIONS } from "./notifications/destinations.js";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.js";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.js";
import { copyObject } from "./operations/copy-object.js";
import { createBucket } from "./operations/create-bucket.js";
import { createMultipartUpload } from "./operations/create-multipart-upload.js";
import { deleteBucket } from "./operations/delete-bucket.js";
import { deleteBucketAnalyticsConfiguration } from "./operations/delete-bucket-analytics-configuration.js";
import { deleteBucketCors } from "./operations/delete-bucket-cors.js";
import { deleteBucketEncryption } from "./operations/delete-bucket-encryption.js";
import { deleteBucketIntelligentTieringConfiguration } from "./operations/delete-bucket-intelligent-tiering-configuration.js";
import { deleteBucketInventoryConfiguration } from "./operations/delete-bucket-inventory-configuration.js";
import { deleteBucketLifecycle } from "./operations/delete-bucket-lifecycle.js";
import { deleteBucketMetricsConfiguration } from "./operations/delete-bucket-metrics-configuration.js";
import { deleteBucketOwnershipControls } from "./operations/delete-bucket-ownership-controls.js";
import { deleteBucketPolicy } from "./operations/delete-bucket-policy.js";
import { deleteBucketReplication } from "./operations/delete-bucket-replication.js";
import { deleteBucketTagging } from "./operations/delete-bucket-tagging.js";
import { deleteBucketWebsite } from "./operations/delete-bucket-website.js";
import { deleteObject } from "./operations/delete-object.js";
import { deleteObjectAnnotation } from "./operations/delete-object-annotation.js";
import { deleteObjectTagging } from "./operations/delete-object-tagging.js";
import { deleteObjects } from "./operations/delete-objects.js";
import { deletePublicAccessBlock } from "./operations/delete-public-access-block.js";
import { getBucketAccelerateConfiguration } from "./operations/get-bucket-accelerate-configuration.js";
import { getBucketAcl } from "./operations/get-bucket-acl.js";
import { getBucketAnalyticsConfiguration } from "./operations/get-bucket-analytics-configuration.js";
import { getBucketCors } from "./operations/get-bucket-cors.js";
import { getBucketEncryption } from "./operations/get-bucket-encryption.js";
import { getBucketIntelligentTieringConfiguration } from "./operations/get-bucket-intelligent-tiering-configuration.js";
import { getBucketInventoryConfiguration } from "./operations/get-bucket-inventory-configuration.js";
import { getBucketLifecycleConfiguration } from "./operations/get-bucket-lifecycle-configuration.js";
import { getBucketLocation } from "./operations/get-bucket-location.js";
import { getBucketLogging } from "./operations/get-bucket-logging.js";
import { getBucketMetricsConfiguration } from "./operations/get-bucket-metrics-configuration.js";
import { getBucketNotificationConfiguration } from "./operations/get-bucket-notification-configuration.js";
import { getBucketOwnershipControls } from "./operations/get-bucket-ownership-controls.js";
import { getBucketPolicy } from "./operations/get-bucket-policy.js";
import { getBucketPolicyStatus } from "./operations/get-bucket-policy-status.js";
import { getBucketReplication } from "./operations/get-bucket-replication.js";
import { getBucketRequestPayment } from "./operations/get-bucket-request-payment.js";
import { getBucketTagging } from "./operations/get-bucket-tagging.js";
import { getBucketVersioning } from "./operations/get-bucket-versioning.js";
import { getBucketWebsite } from "./operations/get-bucket-website.js";
import { getObject } from "./operations/get-object.js";
import { getObjectAcl } from "./operations/get-object-acl.js";
import { getObjectAnnotation } from "./operations/get-object-annotation.js";
import { getObjectAttributes } from "./operations/get-object-attributes.js";
import { getObjectLegalHold } from "./operations/get-object-legal-hold.js";
import { getObjectLockConfiguration } from "./operations/get-object-lock-configuration.js";
import { getObjectRetention } from "./operations/get-object-retention.js";
import { getObjectTagging } from "./operations/get-object-tagging.js";
import { getPublicAccessBlock } from "./operations/get-public-access-block.js";
import { headBucket } from "./operations/head-bucket.js";
import { headObject } from "./operations/head-object.js";
import { listBucketAnalyticsConfigurations } from "./operations/list-bucket-analytics-configurations.js";
import { listBucketIntelligentTieringConfigurations } from "./operations/list-bucket-intelligent-tiering-configurations.js";
import { listBucketInventoryConfigurations } from "./operations/list-bucket-inventory-configurations.js";
import { listBucketMetricsConfigurations } from "./operations/list-bucket-metrics-configurations.js";
import { listBuckets } from "./operations/list-buckets.js";
import { listMultipartUploads } from "./operations/list-multipart-uploads.js";
import { listObjectAnnotations } from "./operations/list-object-annotations.js";
import { listObjectVersions } from "./operations/list-object-versions.js";
import { listObjects } from "./operations/list-objects.js";
import { listObjectsV2 } from "./operations/list-objects-v2.js";
import { listParts } from "./operations/list-parts.js";
import { postObject } from "./operations/post-object.js";
import { putBucketAccelerateConfiguration } from "./operations/put-bucket-accelerate-configuration.js";
import { putBucketAcl } from "./operations/put-bucket-acl.js";
import { putBucketAnalyticsConfiguration } from "./operations/put-bucket-analytics-configuration.js";
import { putBucketCors } from "./operations/put-bucket-cors.js";
import { putBucketEncryption } from "./operations/put-bucket-encryption.js";
import { putBucketIntelligentTieringConfiguration } from "./operations/put-bucket-intelligent-tiering-configuration.js";
import { putBucketInventoryConfiguration } from "./operations/put-bucket-inventory-configuration.js";
import { putBucketLifecycleConfiguration } from "./operations/put-bucket-lifecycle-configuration.js";
import { putBucketLogging } from "./operations/put-bucket-logging.js";
import { putBucketMetricsConfiguration } from "./operations/put-bucket-metrics-configuration.js";
import { putBucketNotificationConfiguration } from "./operations/put-bucket-notification-configuration.js";
import { putBucketOwnershipControls } from "./operations/put-bucket-ownership-controls.js";
import { putBucketPolicy } from "./operations/put-bucket-policy.js";
import { putBucketReplication } from "./operations/put-bucket-replication.js";
import { putBucketRequestPayment } from "./operations/put-bucket-request-payment.js";
import { putBucketTagging } from "./operations/put-bucket-tagging.js";
import { putBucketVersioning } from "./operations/put-bucket-versioning.js";
import { putBucketWebsite } from "./operations/put-bucket-website.js";
import { putObject } from "./operations/put-object.js";
import { putObjectAcl } from "./operations/put-object-acl.js";
import { putObjectAnnotation } from "./operations/put-object-annotation.js";
import { putObjectLegalHold } from "./operations/put-object-legal-hold.js";
import { putObjectLockConfiguration } from "./operations/put-object-lock-configuration.js";
import { putObjectRetention } from "./operations/put-object-retention.js";
import { putObjectTagging } from "./operations/put-object-tagging.js";
import { putPublicAccessBlock } from "./operations/put-public-access-block.js";
import { restoreObject } from "./operations/restore-object.js";
import { updateObjectEncryption } from "./operations/update-object-encryption.js";
import { uploadPart } from "./operations/upload-part.js";
import { uploadPartCopy } from "./operations/upload-part-copy.js";
import { tellingCharges } from "./payment.js";
import { PLAIN_FOR_BENCH, sealedSegments } from "./piece-format.js";
import { sideOfArn } from "./policy.js";
import { emptyCaches, S3_PACE, type S3Pace, type S3Ports, type S3Rules } from "./ports.js";
import { removalWorker } from "./removal-worker.js";
import { initiateOperation } from "./replication/initiate.js";
import { replicationWorker } from "./replication/worker.js";
import { NO_SCRUB, type ScrubPace, scrubWorkers } from "./scrub-worker.js";
import { sweepWorker } from "./sweep.js";
import { getWebsite } from "./unsigned/get-website.js";
import { optionsObject } from "./unsigned/options-object.js";
import { checkingWholeBodies } from "./whole-body.js";

const OPERATIONS = [
  abortMultipartUpload,
  completeMultipartUpload,
  copyObject,
  createBucket,
  createMultipartUpload,
  deleteBucket,
  deleteBucketAnalyticsConfiguration,
  deleteBucketIntelligentTieringConfiguration,
  deleteBucketMetricsConfiguration,
  deleteBucketCors,
  deleteBucketEncryption,
  deleteBucketLifecycle,
  deleteBucketOwnershipControls,
  deleteBucketPolicy,
  deleteBucketInventoryConfiguration,
  deleteBucketReplication,
  deleteBucketTagging,
  deleteBucketWebsite,
  deleteObject,
  deleteObjects,
  deleteObjectAnnotation,
  deleteObjectTagging,
  deletePublicAccessBlock,
  getBucketAccelerateConfiguration,
  getBucketAnalyticsConfiguration,
  getBucketIntelligentTieringConfiguration,
  getBucketMetricsConfiguration,
  getBucketAcl,
  getBucketCors,
  getBucketEncryption,
  getBucketLifecycleConfiguration,
  getBucketLocation,
  getBucketInventoryConfiguration,
  getBucketLogging,
  getBucketNotificationConfiguration,
  getBucketOwnershipControls,
  getBucketPolicy,
  getBucketPolicyStatus,
  getBucketReplication,
  getBucketRequestPayment,
  getBucketTagging,
  getBucketVersioning,
  getBucketWebsite,
  getObject,
  getObjectAcl,
  getObjectAnnotation,
  getObjectAttributes,
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  getObjectTagging,
  getPublicAccessBlock,
  getWebsite,
  headBucket,
  headObject,
  listBucketAnalyticsConfigurations,
  listBucketIntelligentTieringConfigurations,
  listBucketMetricsConfigurations,
  listBucketInventoryConfigurations,
  listBuckets,
  listMultipartUploads,
  listObjects,
  listObjectsV2,
  listObjectAnnotations,
  listObjectVersions,
  listParts,
  optionsObject,
  postObject,
  putBucketAnalyticsConfiguration,
  putBucketIntelligentTieringConfiguration,
  putBucketMetricsConfiguration,
  putBucketAccelerateConfiguration,
  putBucketAcl,
  putBucketCors,
  putBucketEncryption,
  putBucketInventoryConfiguration,
  putBucketLogging,
  putBucketNotificationConfiguration,
  putBucketLifecycleConfiguration,
  putBucketOwnershipControls,
  putBucketPolicy,
  putBucketReplication,
  putBucketRequestPayment,
  putBucketTagging,
  putBucketVersioning,
  putBucketWebsite,
  putObject,
  putObjectAcl,
  putObjectAnnotation,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
  putObjectTagging,
  putPublicAccessBlock,
  restoreObject,
  updateObjectEncryption,
  uploadPart,
  uploadPartCopy,
];

const DEFAULT_RULES: S3Rules = {
  newBucketsBlockSseC: true,
  kmsNeedsTls: false,
  customerKeysNeedTls: true,
  defaultEncryption: "AES256",
};

export interface S3Options {
  /** Opened with `S3_MIGRATIONS`. */
  readonly database: Database;
  /** S3's alone: the sweeper removes every blob in it that no row of `database` names. */
  readonly blobs: Blobs;
  readonly keys: Keys;
  readonly ownedKeys: OwnedKeys;
  /** Where the events of buckets go; without it no bucket can have rules. */
  readonly destinations?: EventDestinations;
  /** The house's key for the marks of blobs, the same for ever. */
  readonly markKey: KeyHandle;
  /** How S3 writes logs, reports and replicas: as a principal like others. */
  readonly inner: InnerCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Never, where it is not given. */
  readonly scrub?: ScrubPace;
  readonly rules?: Partial<S3Rules>;
  /** Without it only a bucket's own account can be named in a list. */
  readonly accounts?: S3Ports["accounts"];
  /** Without it no code is good, and MFA delete cannot be turned on. */
  readonly spendRootCode?: S3Ports["spendRootCode"];
  readonly pace?: Partial<S3Pace>;
  /** Bodies without sealing exist for the bench alone, which asks what sealing costs; never for a user's data. */
  readonly sealing?: "segments" | "none-for-bench";
}

/** S3 with what it offers other services beside its operations. */
export interface S3Service extends Service {
  /** A page of the objects that a batch job's generated manifest lists: of a `ManifestQuery` a `ManifestPage`. */
  readonly listForManifest: AnyOperation;
  /** Brings one version, or delete marker, to where its bucket's rules send such ones now: `Bucket`, `Key`, `VersionId`. */
  readonly initiateReplication: AnyOperation;
  /** The checksum of one version: `Bucket`, `Key`, `VersionId`, `ChecksumAlgorithm`, `ChecksumType`. */
  readonly computeChecksum: AnyOperation;
}

export function openS3(options: S3Options): S3Service {
  const ports: S3Ports = {
    database: options.database,
    blobs: options.blobs,
    keys: options.keys,
    bucketKeys: new BucketKeys(options.keys),
    ownedKeys: options.ownedKeys,
    destinations: options.destinations ?? NO_DESTINATIONS,
    markKey: options.markKey,
    inner: options.inner,
    own: (name) => ownOperation(operations, name),
    accessLog: new AccessLog(options),
    clock: options.clock,
    ids: options.ids,
    log: options.log,
    format: options.sealing === "none-for-bench" ? PLAIN_FOR_BENCH : sealedSegments,
    rules: { ...DEFAULT_RULES, ...options.rules },
    pace: { ...S3_PACE, ...options.pace },
    caches: emptyCaches(),
    spendRootCode: options.spendRootCode ?? (async () => false),
    accounts: options.accounts ?? (async () => []),
  };
  const operations = OPERATIONS.map((bind) => tellingCharges(checkingWholeBodies(bind(ports))));
  const service = defineService({
    id: "s3",
    operations,
    sideOf: (resource) => sideOfArn(ports, resource),
    denied: s3Denied,
    workers: [
      sweepWorker(ports),
      removalWorker(ports),
      lifecycleWorker(ports),
      eventWorker(ports),
      accessLogWorker(ports),
      replicationWorker(ports),
      inventoryWorker(ports),
      ...scrubWorkers(ports, options.scrub ?? NO_SCRUB),
    ],
    answered: (told) => ports.accessLog.answered(told, async (name) => findBucket(ports, name)),
    close: () => ports.accessLog.close(),
    allowsAnonymous: true,
    unsigned: new Set(["GetWebsite", "OptionsObject"]),
    answerHeaders: (request) => crossOriginHeaders(ports, request),
  });
  return {
    ...service,
    listForManifest: manifestOperation(ports),
    initiateReplication: initiateOperation(ports),
    computeChecksum: computeChecksumOperation(ports),
  };
}

function ownOperation(operations: readonly AnyOperation[], name: string): AnyOperation {
  const found = operations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`S3 has ${name}`);
  return found;
}
