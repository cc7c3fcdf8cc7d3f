import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { DAY_MS, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name) || String(thrown);
const call = (name: string, Bucket: string, input: object = {}, parts: object = {}) =>
  house.call(`${name}ObjectAnnotation`, { Bucket, Key: "k", AnnotationName: "n", ...input }, parts);
const put = (Bucket: string, input: object = {}, headers: Record<string, string> = {}) =>
  call("Put", Bucket, input, { body: testBody([Buffer.from("text".repeat(10_000))]), headers });

test("one goes for good, with its blob; what is not there is no mistake", async () => {
  await assert.rejects(call("Delete", BUCKET), code("NoSuchKey"));
  const { ETag } = await house.put(BUCKET, "k", "x");
  await call("Delete", BUCKET);
  await put(BUCKET);
  await put(BUCKET, { AnnotationName: "other" });
  await assert.rejects(call("Delete", BUCKET, {}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(call("Delete", BUCKET, { ObjectIfMatch: '"0"' }), code("PreconditionFailed"));
  assert.equal((await house.blobNames()).length, 2);
  await call("Delete", BUCKET, { ObjectIfMatch: ETag });
  await assert.rejects(call("Get", BUCKET), code("NoSuchAnnotation"));
  await call("Get", BUCKET, { AnnotationName: "other" });
  assert.equal((await house.blobNames()).length, 1);
});

test("of a locked version none is deleted or overwritten, unless governance is gone past", async () => {
  const Bucket = "locked-annotations";
  await house.call("CreateBucket", { Bucket, ObjectLockEnabledForBucket: true });
  const ObjectLockRetainUntilDate = new Date(Date.parse("2026-11-21T09:00:00Z") + DAY_MS);
  const ContentMD5 = createHash("md5").update("x").digest("base64");
  await house.put(Bucket, "k", "x", { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate, ContentMD5 });
  await put(Bucket);
  await assert.rejects(call("Delete", Bucket), code("AccessDenied"));
  await assert.rejects(put(Bucket), code("AccessDenied"));
  await put(Bucket, { AnnotationName: "new" });
  const bypass = { "x-amz-bypass-governance-retention": "true" };
  await put(Bucket, {}, bypass);
  await call("Delete", Bucket, {}, { headers: bypass });
  const held = { Bucket, Key: "k", LegalHold: { Status: "ON" } };
  await house.call("PutObjectLegalHold", held);
  await assert.rejects(call("Delete", Bucket, { AnnotationName: "new" }, { headers: bypass }), code("AccessDenied"));
});
