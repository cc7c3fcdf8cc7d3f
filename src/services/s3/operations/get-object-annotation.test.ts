import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, collected, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name) || String(thrown);
const call = (name: string, Key: string, input: object = {}, parts: object = {}) =>
  house.call(`${name}ObjectAnnotation`, { Bucket: BUCKET, Key, AnnotationName: "n", ...input }, parts);
const put = (Key: string, text: string, input: object = {}) =>
  call("Put", Key, input, { body: testBody([Buffer.from(text)]) });
const text = async (Key: string, input: object = {}) =>
  (await collected((await call("Get", Key, input))["AnnotationPayload"])).toString();

test("what is not there is told by its name, and nobody else is told anything", async () => {
  await house.put(BUCKET, "k", "x");
  await assert.rejects(call("Get", "k"), code("NoSuchAnnotation"));
  await assert.rejects(call("Get", "k", { AnnotationName: "aws" }), code("NoSuchAnnotation"));
  await assert.rejects(call("Get", "none"), code("NoSuchKey"));
  await put("k", "x");
  await assert.rejects(call("Get", "k", { AnnotationName: "N" }), code("NoSuchAnnotation"));
  await assert.rejects(call("Get", "k", { VersionId: "A".repeat(32) }), code("InvalidArgument"));
  await assert.rejects(call("Get", "k", {}, { caller: userCaller("nobody") }), Denied);
  const { LastModified, ContentLength, ServerSideEncryption } = await call("Get", "k");
  assert.ok(LastModified instanceof Date);
  assert.deepEqual([ContentLength, ServerSideEncryption], [1, "AES256"]);
});

test("overwriting an object where nothing has versions takes its annotations with it", async () => {
  await house.put(BUCKET, "over", "x");
  await put("over", "long".repeat(20_000));
  const blobs = (await house.blobNames()).length;
  await house.put(BUCKET, "over", "y");
  await assert.rejects(call("Get", "over"), code("NoSuchAnnotation"));
  assert.equal((await house.blobNames()).length, blobs - 1);
});

test("each version has its own, a delete marker has none, and a version takes its own with it", async () => {
  const Status = (status: string) =>
    house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration: { Status: status } });
  await Status("Enabled");
  const first = String((await house.put(BUCKET, "versions", "1"))["VersionId"]);
  assert.equal((await put("versions", "of the first"))["ObjectVersionId"], first);
  const second = String((await house.put(BUCKET, "versions", "2"))["VersionId"]);
  await assert.rejects(call("Get", "versions"), code("NoSuchAnnotation"));
  await put("versions", "of the second");
  await put("versions", "of the first, again", { VersionId: first });
  assert.equal(await text("versions"), "of the second");
  assert.equal(await text("versions", { VersionId: first }), "of the first, again");

  await house.call("DeleteObject", { Bucket: BUCKET, Key: "versions" });
  for (const name of ["Get", "Put", "Delete"]) {
    const parts = { body: testBody([Buffer.from("x")]) };
    await assert.rejects(call(name, "versions", {}, parts), code("MethodNotAllowed"), name);
  }
  assert.equal(await text("versions", { VersionId: second }), "of the second");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "versions", VersionId: first });
  await assert.rejects(call("Get", "versions", { VersionId: first }), code("NoSuchVersion"));
  assert.equal(await text("versions", { VersionId: second }), "of the second");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "versions", VersionId: second });
  const left = await house.database.read((tx) =>
    tx.all("SELECT 1 FROM annotations WHERE key = ? LIMIT 1", Buffer.from("versions")),
  );
  assert.deepEqual(left, []);
});
