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

test("ListObjectVersions needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("ListObjectVersions", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("ListObjectVersions", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("every object is its latest version, null", async () => {
  const answer = await house.call<Answer>("ListObjectVersions", { Bucket: BUCKET, Prefix: "b/" });
  const versions = answer["Versions"] as { Key: string; VersionId: string; IsLatest: boolean }[]; // two keys have it
  assert.deepEqual(
    versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
    [
      ["b/1", "null", true],
      ["b/2", "null", true],
    ],
  );
  assert.equal(answer["DeleteMarkers"], undefined);
  await assert.rejects(
    house.call("ListObjectVersions", { Bucket: BUCKET, VersionIdMarker: "null" }),
    code("InvalidArgument"),
  );
});
