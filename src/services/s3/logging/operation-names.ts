import { table } from "../../../base/index.js";

/** What the log calls the thing that an operation is about; of the others the name tells. */
const THINGS: Readonly<Record<string, string>> = table<Record<string, string>>({
  GetObject: "OBJECT",
  HeadObject: "OBJECT",
  PutObject: "OBJECT",
  PostObject: "OBJECT",
  CopyObject: "OBJECT",
  DeleteObject: "OBJECT",
  DeleteObjects: "MULTI_OBJECT_DELETE",
  GetObjectAcl: "ACL",
  PutObjectAcl: "ACL",
  RestoreObject: "RESTORE",
  ListObjects: "BUCKET",
  ListObjectsV2: "BUCKET",
  ListObjectVersions: "BUCKETVERSIONS",
  HeadBucket: "BUCKET",
  CreateBucket: "BUCKET",
  DeleteBucket: "BUCKET",
  CreateMultipartUpload: "UPLOADS",
  ListMultipartUploads: "UPLOADS",
  CompleteMultipartUpload: "UPLOAD",
  AbortMultipartUpload: "UPLOAD",
  ListParts: "UPLOAD",
  UploadPart: "PART",
  UploadPartCopy: "PART",
  GetBucketAcl: "ACL",
  PutBucketAcl: "ACL",
  GetBucketPolicy: "BUCKETPOLICY",
  PutBucketPolicy: "BUCKETPOLICY",
  DeleteBucketPolicy: "BUCKETPOLICY",
  GetBucketPolicyStatus: "BUCKETPOLICY",
  GetBucketLogging: "LOGGING_STATUS",
  PutBucketLogging: "LOGGING_STATUS",
  GetBucketNotificationConfiguration: "NOTIFICATION",
  PutBucketNotificationConfiguration: "NOTIFICATION",
  GetBucketLifecycleConfiguration: "LIFECYCLE",
  PutBucketLifecycleConfiguration: "LIFECYCLE",
  GetBucketOwnershipControls: "BUCKET_OWNERSHIP_CONTROLS",
  PutBucketOwnershipControls: "BUCKET_OWNERSHIP_CONTROLS",
  DeleteBucketOwnershipControls: "BUCKET_OWNERSHIP_CONTROLS",
  GetBucketAccelerateConfiguration: "ACCELERATE",
  PutBucketAccelerateConfiguration: "ACCELERATE",
});

const COPIES = new Set(["CopyObject", "UploadPartCopy"]);

/** `REST.GET.OBJECT`. A request that is no operation of S3 names only its method. */
export function logName(method: string, operation: string | undefined): string {
  const verb = COPIES.has(operation ?? "") ? "COPY" : method;
  if (operation === undefined) return `REST.${verb}`;
  return `REST.${verb}.${THINGS[operation] ?? wordsOf(operation)}`;
}

/** `GetBucketEncryption` → `ENCRYPTION`, `PutObjectTagging` → `OBJECT_TAGGING`. */
const wordsOf = (operation: string): string =>
  operation
    .replace(/^(Get|Put|Delete|List|Head|Create|Update)(Bucket(?=[A-Z]))?/, "")
    .replace(/Configurations?$/, "")
    .replace(/(?!^)([A-Z])/g, "_$1")
    .toUpperCase();
