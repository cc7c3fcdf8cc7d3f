import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const names = (answer: Answer) => (answer["Buckets"] as { Name: string }[]).map((bucket) => bucket.Name); // always there
for (const Bucket of ["zebra", "apple"]) await house.call("CreateBucket", { Bucket });

test("listing needs permission, sane sizes and a token of its own", async () => {
  await assert.rejects(house.call("ListBuckets", {}, nobody), Denied);
  for (const MaxBuckets of [0, 10_001])
    await assert.rejects(house.call("ListBuckets", { MaxBuckets }), code("InvalidArgument"));
  await assert.rejects(house.call("ListBuckets", { ContinuationToken: "x" }), code("InvalidArgument"));
});

test("the Region of a bucket is told to who asked for something", async () => {
  const told = async (input: object) => {
    const { Buckets } = await house.call<{ Buckets: { BucketRegion?: string }[] }>("ListBuckets", input);
    return Buckets.map(({ BucketRegion }) => BucketRegion);
  };
  assert.deepEqual(await told({}), [undefined, undefined, undefined]);
  for (const input of [{ Prefix: "a" }, { MaxBuckets: 1 }]) assert.deepEqual(await told(input), ["us-east-1"]);
});

test("buckets come by name and page by page; an empty token is no token", async () => {
  assert.deepEqual(names(await house.call("ListBuckets", { ContinuationToken: "" })), ["apple", BUCKET, "zebra"]);
  const first = await house.call<Answer>("ListBuckets", { MaxBuckets: 2 });
  assert.deepEqual(names(first), ["apple", BUCKET]);
  const second = await house.call<Answer>("ListBuckets", {
    MaxBuckets: 2,
    ContinuationToken: first["ContinuationToken"],
  });
  assert.deepEqual(names(second), ["zebra"]);
  assert.equal(second["ContinuationToken"], undefined);
});
