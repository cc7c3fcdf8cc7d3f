import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { testBody } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const { UploadId } = await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "k" });
const list = (input: object = {}) => house.call<Answer>("ListParts", { Bucket: BUCKET, Key: "k", UploadId, ...input });

test("an upload without parts lists none", async () => {
  const answer = await list();
  assert.equal(answer["Parts"], undefined);
  assert.equal(answer["IsTruncated"], false);
  assert.equal(answer["NextPartNumberMarker"], "0");
});

test("parts come by number, in pages", async () => {
  for (const PartNumber of [10, 2, 1]) {
    await house.call(
      "UploadPart",
      { Bucket: BUCKET, Key: "k", UploadId, PartNumber },
      { body: testBody([Buffer.from("x")]) },
    );
  }
  const numbers = (answer: Answer) => (answer["Parts"] as { PartNumber: number }[]).map((part) => part.PartNumber); // parts are there
  const first = await list({ MaxParts: 2 });
  assert.deepEqual(numbers(first), [1, 2]);
  assert.equal(first["IsTruncated"], true);
  assert.equal(first["NextPartNumberMarker"], "2");
  const rest = await list({ MaxParts: 2, PartNumberMarker: "2" });
  assert.deepEqual(numbers(rest), [10]);
  assert.equal(rest["IsTruncated"], false);
  const none = await list({ MaxParts: 0 });
  assert.deepEqual([none["Parts"], none["IsTruncated"]], [undefined, false]);
});

test("a marker that is no number, and an upload that is not there, are refused", async () => {
  await assert.rejects(list({ PartNumberMarker: "x" }), (thrown) => isAwsError(thrown, "InvalidArgument"));
  await assert.rejects(list({ UploadId: "none" }), (thrown) => isAwsError(thrown, "NoSuchUpload"));
});
