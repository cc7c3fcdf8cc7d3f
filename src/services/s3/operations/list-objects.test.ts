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
for (const key of ["a", "b/1", "b/2", "c"]) await house.put(BUCKET, key, "x");

test("ListObjects needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("ListObjects", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("ListObjects", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("an encoding that is none has S3's own words", async () => {
  for (const EncodingType of ["", "value"])
    await assert.rejects(house.call("ListObjects", { Bucket: BUCKET, EncodingType }), (thrown) => {
      assert.ok(isAwsError(thrown, "InvalidArgument"));
      assert.equal(thrown.message, "Invalid Encoding Method specified in Request");
      return true;
    });
});

test("markers page through keys and prefixes", async () => {
  const first = await house.call<Answer>("ListObjects", { Bucket: BUCKET, Delimiter: "/", MaxKeys: 2 });
  assert.equal(first["NextMarker"], "b/");
  const second = await house.call<Answer>("ListObjects", { Bucket: BUCKET, Delimiter: "/", Marker: "b/" });
  const [only, ...more] = second["Contents"] as { Key: string; Owner?: object }[]; // one key is left
  assert.equal(only?.Key, "c");
  assert.ok(only?.Owner);
  assert.deepEqual(more, []);
  assert.equal(second["CommonPrefixes"], undefined);
});
