import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const ids: string[] = [];
for (const Key of ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2", "z"]) {
  ids.push(String((await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key }))["UploadId"]));
}

const list = (input: object = {}) => house.call<Answer>("ListMultipartUploads", { Bucket: BUCKET, ...input });
const keys = (answer: Answer) => ((answer["Uploads"] ?? []) as { Key: string }[]).map((upload) => upload.Key); // or none

test("a marker inside of a common prefix goes on after it", async () => {
  const start = await list({ Prefix: "folder/", Delimiter: "/", MaxUploads: 1 });
  assert.deepEqual(start["CommonPrefixes"], [{ Prefix: "folder/aSubfolder/" }]);
  assert.equal(start["IsTruncated"], true);
  for (const KeyMarker of ["folder/aSubfolder/", "folder/aSubfolder/subFile1"]) {
    const next = await list({ Prefix: "folder/", Delimiter: "/", MaxUploads: 1, KeyMarker });
    assert.deepEqual(keys(next), ["folder/file1"]);
    assert.equal(next["NextUploadIdMarker"], ids[2]);
  }
});

test("both markers page through uploads of one key", async () => {
  const again = String((await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "z" }))["UploadId"]);
  const first = await list({ KeyMarker: "folder/file2", MaxUploads: 1 });
  assert.equal(first["NextKeyMarker"], "z");
  const second = await list({ KeyMarker: "z", UploadIdMarker: first["NextUploadIdMarker"], MaxUploads: 1 });
  assert.equal(second["IsTruncated"], false);
  assert.deepEqual(new Set([first["NextUploadIdMarker"], second["NextUploadIdMarker"]]), new Set([ids[4], again]));
  assert.deepEqual(keys(await list({ KeyMarker: "z" })), []);
});

test("an id marker without a key counts for nothing, and is not given back", async () => {
  const one = await list({ UploadIdMarker: ids[4], MaxUploads: 1 });
  assert.deepEqual([keys(one), one["UploadIdMarker"]], [["folder/aSubfolder/subFile1"], ""]);
});

test("an id marker of another key is refused", async () => {
  await assert.rejects(list({ KeyMarker: "z", UploadIdMarker: ids[0] }), (thrown) =>
    isAwsError(thrown, "InvalidArgument"),
  );
});
