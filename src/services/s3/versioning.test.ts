import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { userCaller } from "../../kit/testing.js";
import { type Answer, BUCKET, KEY_ARN, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());

const code =
  (name: string, headers: Record<string, string> = {}) =>
  (thrown: unknown) => {
    assert.ok(isAwsError(thrown, name), String(thrown));
    for (const [header, value] of Object.entries(headers)) assert.equal(thrown.headers[header], value);
    return true;
  };
const versioning = (Status: string, Bucket = BUCKET) =>
  house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status } });
const put = async (Key: string, body: string, input = {}) =>
  (await house.put(BUCKET, Key, body, input))["VersionId"] as string; // every put in an enabled bucket tells one
const text = async (Key: string, input = {}) => (await house.get(BUCKET, Key, input)).text.toString();
const remove = (Key: string, input = {}) => house.call<Answer>("DeleteObject", { Bucket: BUCKET, Key, ...input });

interface Shown {
  readonly Key: string;
  readonly VersionId: string;
  readonly IsLatest: boolean;
}

async function listed(Bucket: string, Prefix = "") {
  const answer = await house.call<Answer>("ListObjectVersions", { Bucket, Prefix });
  const shown = (member: string) => (answer[member] ?? []) as readonly Shown[]; // as the operation lists them
  return {
    versions: shown("Versions").map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    markers: shown("DeleteMarkers").map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
  };
}

test("a bucket without versioning knows one version id, null, and tells none", async () => {
  const answer = await house.put(BUCKET, "plain", "x");
  assert.equal(answer["VersionId"], undefined);
  const read = await house.get(BUCKET, "plain", { VersionId: "null" });
  assert.equal(read["VersionId"], undefined);
  for (const name of ["GetObject", "HeadObject", "GetObjectTagging", "DeleteObject"]) {
    await assert.rejects(
      house.call(name, { Bucket: BUCKET, Key: "plain", VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" }),
      (thrown) => isAwsError(thrown, "InvalidArgument") && thrown.message === "Invalid version id specified",
    );
  }
  assert.deepEqual(await remove("plain", { VersionId: "null" }), {});
  await assert.rejects(house.get(BUCKET, "plain"), code("NoSuchKey"));
});

test("what stood before versioning becomes the version null and stays", async () => {
  await house.put(BUCKET, "old", "before");
  await versioning("Enabled");
  assert.equal((await house.get(BUCKET, "old"))["VersionId"], "null");
  const id = await put("old", "after");
  assert.match(id, /^[\w.]{32}$/);
  assert.equal(await text("old"), "after");
  assert.equal(await text("old", { VersionId: "null" }), "before");
});

test("each version keeps its bytes, encryption, tags and key; unknown and malformed ids differ", async () => {
  const one = await put("many", "one", { Tagging: "n=1" });
  const two = await put("many", "two", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ARN });
  assert.notEqual(one, two);
  const first = await house.get(BUCKET, "many", { VersionId: one });
  assert.deepEqual([first.text.toString(), first["ServerSideEncryption"], first["VersionId"]], ["one", "AES256", one]);
  const latest = await house.get(BUCKET, "many");
  assert.deepEqual([latest.text.toString(), latest["SSEKMSKeyId"], latest["VersionId"]], ["two", KEY_ARN, two]);

  await house.call("PutObjectTagging", {
    Bucket: BUCKET,
    Key: "many",
    VersionId: two,
    Tagging: { TagSet: [{ Key: "n", Value: "2" }] },
  });
  const tags = async (VersionId: string) =>
    house.call<Answer>("GetObjectTagging", { Bucket: BUCKET, Key: "many", VersionId });
  assert.deepEqual(await tags(one), { TagSet: [{ Key: "n", Value: "1" }], VersionId: one });
  assert.deepEqual(await tags(two), { TagSet: [{ Key: "n", Value: "2" }], VersionId: two });

  const other = one.split("").reverse().join("");
  await assert.rejects(house.get(BUCKET, "many", { VersionId: other }), code("NoSuchVersion"));
  await assert.rejects(house.get(BUCKET, "many", { VersionId: "not-an-id" }), code("InvalidArgument"));
  const attributes = await house.call<Answer>("GetObjectAttributes", {
    Bucket: BUCKET,
    Key: "many",
    VersionId: one,
    ObjectAttributes: ["ObjectSize"],
  });
  assert.deepEqual([attributes["ObjectSize"], attributes["VersionId"]], [3, one]);
});

test("a delete marker hides the key, says what it is, and takes no method but DELETE", async () => {
  const id = await put("hidden", "x");
  const answer = await remove("hidden");
  assert.deepEqual(Object.keys(answer).sort(), ["DeleteMarker", "VersionId"]);
  const marker = answer["VersionId"] as string; // checked above
  const told = { "x-amz-delete-marker": "true", "x-amz-version-id": marker };
  for (const name of ["GetObject", "HeadObject", "GetObjectAcl"]) {
    await assert.rejects(house.call(name, { Bucket: BUCKET, Key: "hidden" }), code("NoSuchKey", told));
    await assert.rejects(
      house.call(name, { Bucket: BUCKET, Key: "hidden", VersionId: marker }),
      code("MethodNotAllowed", { ...told, allow: "DELETE" }),
    );
  }
  const tagging = { Bucket: BUCKET, Key: "hidden" };
  await assert.rejects(house.call("GetObjectTagging", tagging), code("MethodNotAllowed"));
  await assert.rejects(house.call("DeleteObjectTagging", tagging), code("MethodNotAllowed"));
  await assert.rejects(
    house.call("PutObjectTagging", { ...tagging, Tagging: { TagSet: [] } }),
    (thrown) => isAwsError(thrown, "MethodNotAllowed") && thrown.fields["Method"] === "PUT",
  );
  assert.equal(await text("hidden", { VersionId: id }), "x");
  const list = await house.call<Answer>("ListObjectsV2", { Bucket: BUCKET, Prefix: "hidden" });
  assert.equal(list["Contents"], undefined);

  const again = (await remove("hidden"))["VersionId"] as string; // as above
  assert.deepEqual(await listed(BUCKET, "hidden"), {
    versions: [[id, false]],
    markers: [
      [again, true],
      [marker, false],
    ],
  });
  assert.deepEqual(await remove("hidden", { VersionId: again }), { VersionId: again, DeleteMarker: true });
  await assert.rejects(house.get(BUCKET, "hidden"), code("NoSuchKey", told));
  await remove("hidden", { VersionId: marker });
  assert.equal(await text("hidden"), "x");
});

test("removing the latest version brings its predecessor back, removing an older one does not", async () => {
  const [one, two, three] = [await put("stack", "1"), await put("stack", "2"), await put("stack", "3")];
  assert.deepEqual(await remove("stack", { VersionId: two }), { VersionId: two });
  assert.equal(await text("stack"), "3");
  await remove("stack", { VersionId: three });
  assert.equal(await text("stack"), "1");
  assert.deepEqual((await listed(BUCKET, "stack")).versions, [[one, true]]);
  assert.deepEqual(await remove("stack", { VersionId: three }), { VersionId: three });
  await remove("stack", { VersionId: one });
  await assert.rejects(house.get(BUCKET, "stack"), code("NoSuchKey"));
});

test("the blob of a version lives as long as the version", async () => {
  const before = (await house.blobNames()).length;
  const body = "b".repeat(40_000);
  const one = await put("blobs", body);
  await put("blobs", `${body}2`);
  await remove("blobs");
  assert.equal((await house.blobNames()).length, before + 2);
  await remove("blobs", { VersionId: one });
  assert.equal((await house.blobNames()).length, before + 1);
});

test("conditional writes ask the current version, and a marker counts as nothing", async () => {
  const first = await house.put(BUCKET, "conditions", "1", { IfNoneMatch: "*" });
  await assert.rejects(house.put(BUCKET, "conditions", "2", { IfNoneMatch: "*" }), code("PreconditionFailed"));
  await house.put(BUCKET, "conditions", "2");
  await assert.rejects(house.put(BUCKET, "conditions", "3", { IfMatch: first.ETag }), code("PreconditionFailed"));
  await remove("conditions");
  await assert.rejects(house.put(BUCKET, "conditions", "3", { IfMatch: first.ETag }), code("NoSuchKey"));
  await house.put(BUCKET, "conditions", "3", { IfNoneMatch: "*" });
});

test("a copy takes the version it names, and tells both ids", async () => {
  const one = await put("source", "1", { Tagging: "n=1" });
  const two = await put("source", "2");
  const copy = (Key: string, CopySource: string) =>
    house.call<Answer>("CopyObject", { Bucket: BUCKET, Key, CopySource });
  const answer = await copy("target", `${BUCKET}/source?versionId=${one}`);
  assert.equal(answer["CopySourceVersionId"], one);
  assert.equal(await text("target"), "1");
  const tags = await house.call<Answer>("GetObjectTagging", { Bucket: BUCKET, Key: "target" });
  assert.deepEqual(tags["TagSet"], [{ Key: "n", Value: "1" }]);
  assert.equal((await copy("target", `${BUCKET}/source`))["CopySourceVersionId"], two);

  await assert.rejects(copy("source", `${BUCKET}/source`), code("InvalidRequest"));
  await copy("source", `${BUCKET}/source?versionId=${one}`);
  assert.equal(await text("source"), "1");

  const marker = (await remove("source"))["VersionId"];
  await assert.rejects(copy("target", `${BUCKET}/source`), code("NoSuchKey"));
  await assert.rejects(copy("target", `${BUCKET}/source?versionId=${marker}`), code("InvalidRequest"));
  await assert.rejects(copy("target", `${BUCKET}/source?versionId=bad`), code("InvalidArgument"));
});

test("named versions are actions of their own, and policies see the id", async () => {
  const one = await put("allowed", "1");
  const two = await put("allowed", "2");
  const reader = (Action: string, Condition = {}) => ({
    caller: userCaller("reader", [
      {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action, Resource: `arn:aws:s3:::${BUCKET}/*`, Condition }],
      },
    ]),
  });
  const get = (VersionId: string | undefined, parts: object) =>
    house.call("GetObject", { Bucket: BUCKET, Key: "allowed", VersionId }, parts);
  await assert.rejects(get(one, reader("s3:GetObject")), Denied);
  await assert.rejects(get(undefined, reader("s3:GetObjectVersion")), Denied);
  await get(undefined, reader("s3:GetObject"));
  await get(one, reader("s3:GetObjectVersion"));
  const onlyOne = reader("s3:GetObjectVersion", { StringEquals: { "s3:VersionId": one } });
  await get(one, onlyOne);
  await assert.rejects(get(two, onlyOne), Denied);

  const tagging = { Bucket: BUCKET, Key: "allowed", VersionId: one };
  await assert.rejects(house.call("GetObjectTagging", tagging, reader("s3:GetObjectTagging")), Denied);
  await house.call("GetObjectTagging", tagging, reader("s3:GetObjectVersionTagging"));
  await assert.rejects(house.call("DeleteObject", tagging, reader("s3:DeleteObject")), Denied);
  await assert.rejects(
    house.call("DeleteObject", { Bucket: BUCKET, Key: "allowed" }, reader("s3:DeleteObjectVersion")),
    Denied,
  );
  await house.call("DeleteObject", tagging, reader("s3:DeleteObjectVersion"));
});

test("a bucket with a marker or an old version is not empty", async () => {
  const Bucket = "versions-keep-it";
  await house.call("CreateBucket", { Bucket });
  await versioning("Enabled", Bucket);
  const id = (await house.put(Bucket, "k", "x"))["VersionId"];
  const marker = (await house.call("DeleteObject", { Bucket, Key: "k" }))["VersionId"];
  for (const VersionId of [id, marker]) {
    await assert.rejects(
      house.call("DeleteBucket", { Bucket }),
      (thrown) =>
        isAwsError(thrown, "BucketNotEmpty") &&
        thrown.message === "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
    );
    await house.call("DeleteObject", { Bucket, Key: "k", VersionId });
  }
  await house.call("DeleteBucket", { Bucket });
});

test("DeleteObjects places markers, removes versions, and tells which is which", async () => {
  const id = await put("batch", "x");
  const call = (Objects: object[]) => house.call<Answer>("DeleteObjects", { Bucket: BUCKET, Delete: { Objects } });
  const [placed] = (await call([{ Key: "batch" }]))["Deleted"] as Record<string, unknown>[]; // one was named
  const marker = placed?.["DeleteMarkerVersionId"] as string; // checked by the next line
  assert.deepEqual(placed, { Key: "batch", DeleteMarker: true, DeleteMarkerVersionId: marker });
  const answer = await call([
    { Key: "batch", VersionId: marker },
    { Key: "batch", VersionId: id },
    { Key: "batch", VersionId: "bad" },
  ]);
  assert.deepEqual(answer["Deleted"], [
    { Key: "batch", VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
    { Key: "batch", VersionId: id },
  ]);
  assert.equal((answer["Errors"] as object[]).length, 1);
  assert.deepEqual(await listed(BUCKET, "batch"), { versions: [], markers: [] });
});

test("suspended versioning keeps one null version, marker or object, above the others", async () => {
  const id = await put("suspended", "v");
  await versioning("Suspended");
  try {
    assert.equal((await house.put(BUCKET, "suspended", "n1"))["VersionId"], undefined);
    assert.equal((await house.put(BUCKET, "suspended", "n2"))["VersionId"], undefined);
    assert.equal((await house.get(BUCKET, "suspended"))["VersionId"], "null");
    assert.equal(await text("suspended", { VersionId: "null" }), "n2");
    assert.deepEqual(await remove("suspended"), { DeleteMarker: true, VersionId: "null" });
    assert.deepEqual(await remove("suspended"), { DeleteMarker: true, VersionId: "null" });
    assert.deepEqual(await listed(BUCKET, "suspended"), { versions: [[id, false]], markers: [["null", true]] });
    const copied = await house.call("CopyObject", {
      Bucket: BUCKET,
      Key: "suspended",
      CopySource: `${BUCKET}/suspended?versionId=${id}`,
    });
    assert.equal(copied["VersionId"], "null");
    assert.deepEqual(await listed(BUCKET, "suspended"), {
      versions: [
        ["null", true],
        [id, false],
      ],
      markers: [],
    });
  } finally {
    await versioning("Enabled");
  }
  const next = await put("suspended", "w");
  assert.deepEqual((await listed(BUCKET, "suspended")).versions, [
    [next, true],
    ["null", false],
    [id, false],
  ]);
});

test("a version id that is empty is not taken for none", async () => {
  const refusal = { code: "InvalidArgument", message: "Version id cannot be the empty string" };
  await house.put(BUCKET, "kept", "x");
  const one = { Bucket: BUCKET, Key: "kept" };
  for (const operation of ["GetObject", "HeadObject", "DeleteObject"]) {
    await assert.rejects(house.call(operation, { ...one, VersionId: "" }), refusal, operation);
  }
  await assert.rejects(house.call("CopyObject", { ...one, CopySource: `${BUCKET}/kept?versionId=` }), refusal);
});
