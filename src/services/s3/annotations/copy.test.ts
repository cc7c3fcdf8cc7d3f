import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, collected, KEY_ARN, s3House } from "../testing.js";

const house = await s3House({
  rules: { newBucketsBlockSseC: false, customerKeysNeedTls: false },
  destinations: {
    has: () => true,
    send: async (_arn, body) => {
      for (const { eventName, eventVersion, s3 } of (JSON.parse(body) as { Records?: Told[] }).Records ?? []) // S3's own form
        told.push(`${eventName} ${eventVersion} ${s3.object.key}`);
      return "taken";
    },
  },
});
after(() => house.close());

interface Told {
  readonly eventName: string;
  readonly eventVersion: string;
  readonly s3: { readonly object: { readonly key: string } };
}
const told: string[] = [];

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name) || String(thrown);
const put = (Key: string, AnnotationName: string, text: string) =>
  house.call("PutObjectAnnotation", { Bucket: BUCKET, Key, AnnotationName }, { body: testBody([Buffer.from(text)]) });
const get = (Key: string, AnnotationName: string, input: object = {}) =>
  house.call("GetObjectAnnotation", { Bucket: BUCKET, Key, AnnotationName, ...input });
const textOf = async (Key: string, name: string) =>
  (await collected((await get(Key, name))["AnnotationPayload"])).toString();
const copy = (Key: string, from: string, input: object = {}, parts: object = {}) =>
  house.call("CopyObject", { Bucket: BUCKET, Key, CopySource: `${BUCKET}/${from}`, ...input }, parts);
const count = async (Key: string) =>
  (await house.call("ListObjectAnnotations", { Bucket: BUCKET, Key }))["AnnotationCount"];
const LONG = "ä".repeat(20_000);

test("a copy has the annotations of its source, sealed as the copy is; or none, where it says so", async () => {
  await house.put(BUCKET, "from", "x");
  await put("from", "short", "text");
  await put("from", "long", LONG);
  await copy("none", "from", { AnnotationDirective: "EXCLUDE" });
  assert.equal(await count("none"), 0);
  await assert.rejects(copy("none", "from", { AnnotationDirective: "MOVE" }), code("InvalidArgument"));
  for (const [Key, input, mode] of [
    ["plain", { AnnotationDirective: "COPY" }, "AES256"],
    ["kms", { ServerSideEncryption: "aws:kms" }, "aws:kms"],
    ["dsse", { ServerSideEncryption: "aws:kms:dsse" }, "aws:kms:dsse"],
  ] as const) {
    await copy(Key, "from", input);
    assert.deepEqual([await textOf(Key, "short"), await textOf(Key, "long")], ["text", LONG]);
    assert.equal((await get(Key, "short"))["ServerSideEncryption"], mode);
  }
  await copy("summed", "kms", { ChecksumAlgorithm: "SHA256" });
  const summed = await get("summed", "short", { ChecksumMode: "ENABLED" });
  assert.equal(summed["ChecksumSHA256"], createHash("sha256").update("text").digest("base64"));
  await copy("from", "from", { MetadataDirective: "REPLACE" });
  assert.deepEqual([await textOf("from", "short"), await textOf("from", "long")], ["text", LONG]);
});

test("what cannot be taken along is not dropped without a word, and a refused copy leaves nothing", async () => {
  await house.put(BUCKET, "annotated", "x".repeat(20_000), { ServerSideEncryption: "aws:kms" });
  await put("annotated", "long", LONG);
  const blobs = await house.blobNames();
  const key = Buffer.alloc(32, 7);
  const customers = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
  await assert.rejects(copy("to", "annotated", customers), code("InvalidRequest"));
  await assert.rejects(copy("to", "annotated", { IfMatch: '"0"' }), code("NoSuchKey"));
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(copy("to", "annotated"), code("KMS.DisabledException"));
  house.keys.refusal = undefined;
  await assert.rejects(copy("to", "annotated", {}, { caller: userCaller("nobody") }), Denied);
  assert.deepEqual(await house.blobNames(), blobs);
  await copy("to", "annotated", { ...customers, AnnotationDirective: "EXCLUDE" });
  assert.equal(await count("to"), 0);
});

test("with its object an annotation goes under another key, and no byte moves", async () => {
  await house.put(BUCKET, "moving", "x");
  await put("moving", "long", LONG);
  await put("moving", "short", "text");
  const blobs = await house.blobNames();
  for (const BucketKeyEnabled of [false, true, false]) {
    const ObjectEncryption = { SSEKMS: { KMSKeyArn: KEY_ARN, BucketKeyEnabled } };
    await house.call("UpdateObjectEncryption", { Bucket: BUCKET, Key: "moving", ObjectEncryption });
    assert.equal((await get("moving", "long"))["ServerSideEncryption"], "aws:kms");
    assert.deepEqual([await textOf("moving", "short"), await textOf("moving", "long")], ["text", LONG]);
  }
  assert.deepEqual(await house.blobNames(), blobs);
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(get("moving", "long"), code("KMS.DisabledException"));
  house.keys.refusal = undefined;
});

test("what was put and deleted is told to whoever asked to hear it, and nothing else", async () => {
  const Events = ["s3:ObjectAnnotation:*"];
  const QueueConfigurations = [{ QueueArn: "arn:aws:sqs:us-east-1:111122223333:jobs", Events }];
  await house.put(BUCKET, "heard", "x");
  await house.call("PutBucketNotificationConfiguration", {
    Bucket: BUCKET,
    NotificationConfiguration: { QueueConfigurations },
  });
  await put("heard", "n", "x");
  await assert.rejects(put("heard", "aws", "x"), code("InvalidAnnotationName"));
  for (const AnnotationName of ["n", "n", "other"])
    await house.call("DeleteObjectAnnotation", { Bucket: BUCKET, Key: "heard", AnnotationName });
  for (let at = 0; at < 3; at += 1) await house.work("s3.events");
  assert.deepEqual(told, ["ObjectAnnotation:Put 2.3 heard", "ObjectAnnotation:Delete 2.3 heard"]);
});
