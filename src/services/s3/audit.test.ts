import assert from "node:assert/strict";
import { test } from "node:test";
import { s3Audit } from "./audit.js";

test("a record names bucket, key and headers as CloudTrail does, and holds no key and no user's data", () => {
  const shown = s3Audit.request({
    Bucket: "b",
    Key: "k",
    VersionId: undefined,
    UploadId: "u",
    ServerSideEncryption: "aws:kms",
    SSECustomerKey: "secret",
    Metadata: { note: "private" },
  });
  assert.deepEqual(shown, { bucketName: "b", key: "k", uploadId: "u", "x-amz-server-side-encryption": "aws:kms" });
  assert.equal(s3Audit.request({}), null);
});
