import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import type { RequestContext } from "../../kit/index.js";
import { testBody } from "../../kit/testing.js";
import { BUCKET, KEY_ID, type S3House, s3House } from "./testing.js";

let house: S3House;
before(async () => {
  house = await s3House({ rules: { newBucketsBlockSseC: false, customerKeysNeedTls: false } });
});
after(() => house.close());

const key = Buffer.alloc(32, 9);
const customers = {
  SSECustomerAlgorithm: "AES256",
  SSECustomerKey: key.toString("base64"),
  SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
};
const byDefault = (SSEAlgorithm: string) =>
  house.call("PutBucketEncryption", {
    Bucket: BUCKET,
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }] },
  });

/** What the trail is told of a write. */
async function noted(name: "PutObject" | "CopyObject" | "CreateMultipartUpload", input: object): Promise<unknown> {
  const notes: RequestContext["notes"] = { resources: [], additionalEventData: {} };
  const call = { Bucket: BUCKET, Key: "k", CopySource: `${BUCKET}/source`, ...input };
  await house.call(name, call, { notes, body: testBody([Buffer.from("x")]) });
  return notes.additionalEventData["SSEApplied"];
}

test("the trail is told what was applied, and whether the request or the bucket said so", async () => {
  await house.put(BUCKET, "source", "x");
  const named: [object, string][] = [
    [{ ServerSideEncryption: "AES256" }, "SSE_S3"],
    [{ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID }, "SSE_KMS"],
    [{ ServerSideEncryption: "aws:kms:dsse" }, "DSSE_KMS"],
    [customers, "SSE_C"],
  ];
  const writes = ["PutObject", "CopyObject", "CreateMultipartUpload"] as const;
  for (const [input, applied] of named) {
    for (const name of writes) assert.equal(await noted(name, input), applied, `${name} ${applied}`);
  }
  const defaults: [string, string][] = [
    ["aws:kms", "Default_SSE_KMS"],
    ["aws:kms:dsse", "Default_DSSE_KMS"],
    ["AES256", "Default_SSE_S3"],
  ];
  for (const [algorithm, applied] of defaults) {
    await byDefault(algorithm);
    for (const name of writes) assert.equal(await noted(name, {}), applied, `${name} ${applied}`);
  }
});

test("a setting of before 2023 applies nothing and tells nothing, unless the bucket or the request says otherwise", async () => {
  const old = await s3House({ rules: { defaultEncryption: "none" } });
  const put = await old.put(BUCKET, "k", "x");
  assert.equal(put["ServerSideEncryption"], undefined);
  assert.equal(put.ETag, `"${createHash("md5").update("x").digest("hex")}"`);
  assert.equal(
    (await old.put(BUCKET, "k", "x", { ServerSideEncryption: "aws:kms" }))["ServerSideEncryption"],
    "aws:kms",
  );
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }];
  await old.call("PutBucketEncryption", { Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules } });
  assert.equal((await old.put(BUCKET, "k", "x"))["ServerSideEncryption"], "AES256");
  await old.call("DeleteBucketEncryption", { Bucket: BUCKET });
  assert.equal((await old.put(BUCKET, "k", "x"))["ServerSideEncryption"], undefined);
  await old.close();
});
