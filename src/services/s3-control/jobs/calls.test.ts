import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { callOf } from "./calls.js";
import type { Operation } from "./job.js";

const task = { bucket: "b", key: "a/ü +", versionId: "v1" };
const OBJECT = { Bucket: "b", Key: "a/ü +", VersionId: "v1" };
const TARGET = "arn:aws:s3:::target";
const copy = (more: NonNullable<Operation["S3PutObjectCopy"]>) =>
  callOf({ S3PutObjectCopy: { TargetResource: TARGET, ...more } })(task);
const SOURCE = "b/a%2F%C3%BC%20%2B?versionId=v1";

test("a copy names its source and version, and changes nothing that it is not told to", () => {
  assert.deepEqual(copy({}), {
    operation: "CopyObject",
    input: { Bucket: "target", Key: "a/ü +", CopySource: SOURCE },
    headers: { "x-amz-copy-source": SOURCE },
  });
});

test("a copy under another key says so, to S3 and to policies", () => {
  const SSE = "x-amz-server-side-encryption";
  const { input, headers } = copy({ SSEAwsKmsKeyId: "key", BucketKeyEnabled: true, TargetKeyPrefix: "new" });
  const encryption = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key", BucketKeyEnabled: true };
  assert.deepEqual(input, { Bucket: "target", Key: "new/a/ü +", CopySource: SOURCE, ...encryption });
  assert.deepEqual(headers, { "x-amz-copy-source": SOURCE, [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: "key" });
  assert.deepEqual(copy({ NewObjectMetadata: { SSEAlgorithm: "AES256" } }).headers?.[SSE], "AES256");
});

test("a copy with other metadata, tags, class, lock and list", () => {
  const until = new Date("2027-01-01T00:00:00Z");
  const { input, headers } = copy({
    NewObjectMetadata: { ContentType: "text/plain", UserMetadata: { "X-Y": "z" } },
    NewObjectTagging: [
      { Key: "a b", Value: "c&d" },
      { Key: "e", Value: "" },
    ],
    StorageClass: "GLACIER",
    ObjectLockMode: "GOVERNANCE",
    ObjectLockRetainUntilDate: until,
    AccessControlGrants: [
      { Grantee: { TypeIdentifier: "id", Identifier: "one" }, Permission: "READ" },
      { Grantee: { TypeIdentifier: "uri", Identifier: "two" }, Permission: "READ" },
    ],
    ModifiedSinceConstraint: until,
  });
  const { ContentType, Metadata, MetadataDirective, Tagging, TaggingDirective, ...rest } = input as Record<
    string,
    unknown
  >; // a copy's members
  assert.deepEqual([ContentType, Metadata, MetadataDirective], ["text/plain", { "x-y": "z" }, "REPLACE"]);
  assert.deepEqual([Tagging, TaggingDirective], ["a+b=c%26d&e=", "REPLACE"]);
  assert.deepEqual([rest["ObjectLockMode"], rest["ObjectLockRetainUntilDate"]], ["GOVERNANCE", until]);
  assert.deepEqual([rest["GrantRead"], rest["StorageClass"]], ['id="one", uri="two"', "GLACIER"]);
  assert.equal(rest["CopySourceIfModifiedSince"], until);
  assert.equal(headers?.["x-amz-metadata-directive"], "REPLACE");
  const paid = copy({ RequesterPays: true }).input as Record<string, unknown>; // likewise
  assert.equal(paid["RequestPayer"], "requester");
  const none = copy({ NewObjectTagging: [], MetadataDirective: "REPLACE" }).input as Record<string, unknown>; // likewise
  assert.deepEqual([none["Tagging"], none["MetadataDirective"]], ["", "REPLACE"], "none at all");
});

const CALLS: readonly (readonly [operation: Operation, name: string, input: object])[] = [
  [
    { S3PutObjectTagging: { TagSet: [{ Key: "a", Value: "b" }] } },
    "PutObjectTagging",
    { Tagging: { TagSet: [{ Key: "a", Value: "b" }] } },
  ],
  [{ S3DeleteObjectTagging: {} }, "DeleteObjectTagging", {}],
  [
    { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: "private" } } },
    "PutObjectAcl",
    { ACL: "private" },
  ],
  [
    {
      S3PutObjectAcl: {
        AccessControlPolicy: {
          AccessControlList: {
            Owner: { ID: "me" },
            Grants: [{ Grantee: { TypeIdentifier: "uri", Identifier: "all" }, Permission: "READ" }],
          },
        },
      },
    },
    "PutObjectAcl",
    {
      AccessControlPolicy: {
        Owner: { ID: "me" },
        Grants: [{ Grantee: { Type: "Group", URI: "all" }, Permission: "READ" }],
      },
    },
  ],
  [
    { S3InitiateRestoreObject: { ExpirationInDays: 3, GlacierJobTier: "BULK" } },
    "RestoreObject",
    { RestoreRequest: { Days: 3, GlacierJobParameters: { Tier: "Bulk" } } },
  ],
  [
    { S3InitiateRestoreObject: { ExpirationInDays: 1 } },
    "RestoreObject",
    { RestoreRequest: { Days: 1, GlacierJobParameters: { Tier: "Standard" } } },
  ],
  [{ S3ReplicateObject: {} }, "InitiateReplication", {}],
  [{ S3PutObjectLegalHold: { LegalHold: { Status: "ON" } } }, "PutObjectLegalHold", { LegalHold: { Status: "ON" } }],
  [
    { S3PutObjectRetention: { Retention: {}, BypassGovernanceRetention: true } },
    "PutObjectRetention",
    { Retention: {}, BypassGovernanceRetention: true },
  ],
  [
    { S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: "arn:aws:kms:r:1:key/k" } } } },
    "UpdateObjectEncryption",
    { ObjectEncryption: { SSEKMS: { KMSKeyArn: "arn:aws:kms:r:1:key/k", BucketKeyEnabled: false } } },
  ],
];

test("each operation is the call of S3 that it stands for, on the object and version of its task", () => {
  for (const [operation, name, input] of CALLS) {
    const call = callOf(operation)(task);
    assert.deepEqual([call.operation, call.input], [name, { ...OBJECT, ...input }]);
  }
});

const WRONG: readonly (readonly [what: string, operation: Operation, code: string])[] = [
  ["a copy to nowhere", { S3PutObjectCopy: {} }, "InvalidRequest"],
  ["a copy to an object", { S3PutObjectCopy: { TargetResource: `${TARGET}/k` } }, "InvalidRequest"],
  [
    "a KMS key for AES256",
    { S3PutObjectCopy: { TargetResource: TARGET, SSEAwsKmsKeyId: "k", NewObjectMetadata: { SSEAlgorithm: "AES256" } } },
    "InvalidRequest",
  ],
  [
    "a retention without a date",
    { S3PutObjectCopy: { TargetResource: TARGET, ObjectLockMode: "COMPLIANCE" } },
    "InvalidRequest",
  ],
  [
    "new metadata that is the old",
    { S3PutObjectCopy: { TargetResource: TARGET, MetadataDirective: "COPY", NewObjectMetadata: { ContentType: "x" } } },
    "InvalidRequest",
  ],
  ["no list", { S3PutObjectAcl: {} }, "InvalidRequest"],
  ["a restore for no time", { S3InitiateRestoreObject: {} }, "InvalidRequest"],
  ["a restore for less than a day", { S3InitiateRestoreObject: { ExpirationInDays: 0 } }, "InvalidRequest"],
  [
    "a key that is none",
    { S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: "k" } } } },
    "InvalidRequest",
  ],
  ["a function", { LambdaInvoke: { FunctionArn: "arn" } }, "NotImplemented"],
  [
    "a checksum of checksums that only a whole has",
    { S3ComputeObjectChecksum: { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "COMPOSITE" } },
    "InvalidRequest",
  ],
];

test("an operation that cannot be done is refused before any task", () => {
  for (const [what, operation, code] of WRONG)
    assert.throws(
      () => callOf(operation),
      (thrown) => isAwsError(thrown, code),
      what,
    );
});
