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

test("DeleteObject needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteObject", { Bucket: BUCKET, Key: "k" }, nobody), Denied);
  await assert.rejects(house.call("DeleteObject", { Bucket: "no-such-bucket", Key: "k" }), code("NoSuchBucket"));
});

test("a deleted object is gone with its blob; deleting nothing succeeds", async () => {
  await house.put(BUCKET, "k", Buffer.alloc(50_000));
  assert.equal((await house.blobNames()).length, 1);
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "k" });
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "k" });
  assert.deepEqual(await house.blobNames(), []);
  await assert.rejects(house.get(BUCKET, "k"), code("NoSuchKey"));
  await assert.rejects(
    house.call("DeleteObject", { Bucket: BUCKET, Key: "k", VersionId: "v" }),
    code("InvalidArgument"),
  );
});
