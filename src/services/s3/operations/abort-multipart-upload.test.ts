import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const begin = async (input: object = {}) =>
  (await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "k", ...input }))["UploadId"];

test("an abort needs permission and an upload of that key", async () => {
  const UploadId = await begin();
  await assert.rejects(house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "k", UploadId }, nobody), Denied);
  await assert.rejects(
    house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "other", UploadId }),
    code("NoSuchUpload"),
  );
});

test("with the upload go its parts, wherever they lie", async () => {
  const UploadId = await begin();
  for (const [at, bytes] of [10, 50_000].entries()) {
    const input = { Bucket: BUCKET, Key: "k", UploadId, PartNumber: at + 1 };
    await house.call("UploadPart", input, { body: testBody([Buffer.alloc(bytes)]) });
  }
  assert.equal((await house.blobNames()).length, 1);
  await house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "k", UploadId });
  assert.deepEqual(await house.blobNames(), []);
  await assert.rejects(house.call("ListParts", { Bucket: BUCKET, Key: "k", UploadId }), code("NoSuchUpload"));
});
