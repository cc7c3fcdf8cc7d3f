import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("GetObjectTagging needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetObjectTagging", { Bucket: BUCKET, Key: "k" }, nobody), Denied);
  await assert.rejects(house.call("GetObjectTagging", { Bucket: "no-such-bucket", Key: "k" }), code("NoSuchBucket"));
});

test("tags that came with the put are told; an overwriting put drops them", async () => {
  await house.put(BUCKET, "k", "x", { Tagging: "a=b+c" });
  assert.deepEqual(await house.call("GetObjectTagging", { Bucket: BUCKET, Key: "k" }), {
    TagSet: [{ Key: "a", Value: "b c" }],
  });
  await house.put(BUCKET, "k", "x");
  assert.deepEqual(await house.call("GetObjectTagging", { Bucket: BUCKET, Key: "k" }), { TagSet: [] });
});
