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

const put = (TagSet: object[], parts: object = {}) =>
  house.call("PutBucketTagging", { Bucket: BUCKET, Tagging: { TagSet } }, parts);

test("bad tags are refused and change nothing", async () => {
  await put([{ Key: "a", Value: "1" }]);
  await assert.rejects(put([], nobody), Denied);
  await assert.rejects(put([{ Key: "a" }]), code("MalformedXML"));
  await assert.rejects(
    put([
      { Key: "a", Value: "1" },
      { Key: "a", Value: "2" },
    ]),
    code("InvalidTag"),
  );
  await assert.rejects(put(Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" }))), code("InvalidTag"));
  assert.deepEqual(await house.call("GetBucketTagging", { Bucket: BUCKET }), { TagSet: [{ Key: "a", Value: "1" }] });
});

test("a set takes the place of the one before; an empty one leaves none", async () => {
  await put([{ Key: "b", Value: "2" }]);
  assert.deepEqual(await house.call("GetBucketTagging", { Bucket: BUCKET }), { TagSet: [{ Key: "b", Value: "2" }] });
  await put([]);
  await assert.rejects(house.call("GetBucketTagging", { Bucket: BUCKET }), code("NoSuchTagSet"));
});
