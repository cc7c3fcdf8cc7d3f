import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const input = (Key: string, TagSet?: object[]) => ({ Bucket: BUCKET, Key, ...(TagSet ? { Tagging: { TagSet } } : {}) });
const tags = async (Key: string) => (await house.call("GetObjectTagging", input(Key)))["TagSet"];

test("tags are put, told, counted and deleted", async () => {
  await house.put(BUCKET, "k", "x");
  assert.deepEqual(await tags("k"), []);
  await house.call(
    "PutObjectTagging",
    input("k", [
      { Key: "tag1", Value: "tag1" },
      { Key: "tag2", Value: "" },
    ]),
  );
  assert.deepEqual(await tags("k"), [
    { Key: "tag1", Value: "tag1" },
    { Key: "tag2", Value: "" },
  ]);
  assert.equal((await house.get(BUCKET, "k"))["TagCount"], 2);
  await house.call("DeleteObjectTagging", input("k"));
  assert.deepEqual(await tags("k"), []);
});

test("bad tags and missing keys are refused", async () => {
  const missing = (key: string) => (thrown: unknown) => isAwsError(thrown, "NoSuchKey") && thrown.fields["Key"] === key;
  await assert.rejects(tags("fake-key"), missing(`${BUCKET}/fake-key`));
  await assert.rejects(house.call("DeleteObjectTagging", input("fake-key")), missing("fake-key"));
  await assert.rejects(house.call("PutObjectTagging", input("fake-key", [])), missing("fake-key"));
  await house.put(BUCKET, "k", "x");
  const twice = [
    { Key: "a", Value: "1" },
    { Key: "a", Value: "2" },
  ];
  await assert.rejects(house.call("PutObjectTagging", input("k", twice)), (thrown) => isAwsError(thrown, "InvalidTag"));
  await assert.rejects(house.put(BUCKET, "k", "x", { Tagging: "key1=val1&key1=val2" }), (thrown) =>
    isAwsError(thrown, "InvalidArgument"),
  );
});

test("who may not, may not", async () => {
  await house.put(BUCKET, "k", "x");
  const nobody = { caller: userCaller("nobody") };
  for (const name of ["GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"]) {
    await assert.rejects(house.call(name, input("k", []), nobody), Denied);
  }
});
