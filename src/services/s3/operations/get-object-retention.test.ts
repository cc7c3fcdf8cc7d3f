import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const LOCKED = "bucket-with-lock";
await house.call("CreateBucket", { Bucket: LOCKED, ObjectLockEnabledForBucket: true });
const call = (input: object, parts: object = {}) =>
  house.call<Answer>("GetObjectRetention", { Bucket: LOCKED, Key: "k", ...input }, parts);
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("GetObjectRetention needs permission, a key, and a bucket with Object Lock", async () => {
  await house.put(LOCKED, "k", "x");
  await house.put(BUCKET, "k", "x");
  await assert.rejects(call({}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(call({ Bucket: "no-such-bucket" }), code("NoSuchBucket"));
  await assert.rejects(call({ Key: "missing" }), code("NoSuchKey"));
  await assert.rejects(
    call({ Bucket: BUCKET }),
    (thrown) =>
      isAwsError(thrown, "InvalidRequest") && thrown.message === "Bucket is missing Object Lock Configuration",
  );
});

test("a delete marker has none, and says so", async () => {
  await house.put(LOCKED, "hidden", "x");
  const VersionId = (await house.call("DeleteObject", { Bucket: LOCKED, Key: "hidden" }))["VersionId"];
  for (const input of [{ Key: "hidden", VersionId }, { Key: "hidden" }]) {
    await assert.rejects(
      call(input),
      (thrown) => isAwsError(thrown, "MethodNotAllowed") && thrown.fields["Method"] === "GET",
    );
  }
});
