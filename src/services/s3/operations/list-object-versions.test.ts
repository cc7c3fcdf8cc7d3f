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

test("every object of a bucket without versioning is its latest version, null", async () => {
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
  await assert.rejects(house.call("ListObjectVersions", { Bucket: BUCKET, KeyMarker: "a", VersionIdMarker: "" }), {
    code: "InvalidArgument",
    message: "A version-id marker cannot be empty.",
  });
});

test("versions come by key and the newest first; pages go on where the markers say", async () => {
  const Bucket = "listed-versions";
  await house.call("CreateBucket", { Bucket });
  await house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
  const put = async (Key: string) => (await house.put(Bucket, Key, "x"))["VersionId"] as string; // versioning is on
  const drop = async (Key: string) => (await house.call("DeleteObject", { Bucket, Key }))["VersionId"] as string; // as above
  const old = [await put("a"), await put("b"), await put("dir/1"), await put("dir/1")];
  const marker = await drop("b");
  const newer = await put("a");

  const page = async (input: object) => {
    const answer = await house.call<Answer>("ListObjectVersions", { Bucket, ...input });
    const ids = (member: string) => ((answer[member] ?? []) as { VersionId: string }[]).map((one) => one.VersionId); // as listed
    return { ...answer, versions: ids("Versions"), markers: ids("DeleteMarkers") } as Answer & {
      versions: string[];
      markers: string[];
    };
  };
  const all = await page({});
  assert.deepEqual(all.versions, [newer, old[0], old[1], old[3], old[2]]);
  assert.deepEqual(all.markers, [marker]);
  const V = "Versions";
  assert.deepEqual(all["listed"], [V, V, "DeleteMarkers", V, V, V], "the marker's place is before what it hides");

  const first = await page({ MaxKeys: 2 });
  assert.deepEqual([first["IsTruncated"], first["NextKeyMarker"], first["NextVersionIdMarker"]], [true, "a", old[0]]);
  const second = await page({ MaxKeys: 2, KeyMarker: "a", VersionIdMarker: old[0] });
  assert.deepEqual([second.markers, second.versions], [[marker], [old[1]]]);
  assert.deepEqual((await page({ KeyMarker: "a" })).markers, [marker]);

  const rolled = await page({ Delimiter: "/", KeyMarker: "b", MaxKeys: 1 });
  assert.deepEqual(rolled["CommonPrefixes"], [{ Prefix: "dir/" }]);
  assert.equal(rolled["IsTruncated"], false);

  // The usual way to empty a bucket: what a page showed is gone before the next is asked for.
  await house.call("DeleteObject", { Bucket, Key: "a", VersionId: newer });
  const rest = await page({ KeyMarker: "a", VersionIdMarker: newer, MaxKeys: 1 });
  assert.deepEqual(rest.versions, [old[0]]);
  for (const VersionIdMarker of ["short", "-".repeat(32)]) {
    await assert.rejects(
      house.call("ListObjectVersions", { Bucket, KeyMarker: "a", VersionIdMarker }),
      code("InvalidArgument"),
    );
  }
});
