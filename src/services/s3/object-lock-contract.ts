import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { userCaller } from "../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "./testing.js";

const LOCKED = "bucket-with-lock";

/** What retention and legal holds refuse alike, read or written; `input` is what the operation needs beside a key. */
export async function lockContract(operation: string, method: "GET" | "PUT", needed: object = {}): Promise<void> {
  const house = await s3House();
  after(() => house.close());
  await house.call("CreateBucket", { Bucket: LOCKED, ObjectLockEnabledForBucket: true });
  const call = (input: object, parts: object = {}) =>
    house.call<Answer>(operation, { Bucket: LOCKED, Key: "k", ...needed, ...input }, parts);
  const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

  test(`${operation} needs permission, a key, and a bucket with Object Lock`, async () => {
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

  test(`${operation}: a delete marker has none, and says so`, async () => {
    await house.put(LOCKED, "hidden", "x");
    const VersionId = (await house.call("DeleteObject", { Bucket: LOCKED, Key: "hidden" }))["VersionId"];
    for (const input of [{ Key: "hidden", VersionId }, { Key: "hidden" }]) {
      await assert.rejects(
        call(input),
        (thrown) => isAwsError(thrown, "MethodNotAllowed") && thrown.fields["Method"] === method,
      );
    }
  });
}
