import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DAY_MS, HOUR_MS, isAwsError, ManualClock } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const clock = new ManualClock("2026-11-21T09:00:00Z");
const house = await s3House();
after(() => house.close());

const call = (name: string, input: object, parts: object = {}) =>
  house.call<Answer>(name, { Bucket: BUCKET, ...input }, { clock, ...parts });
const code = (name: string, message?: string) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, name), String(thrown));
  if (message !== undefined) assert.equal(thrown.message, message);
  return true;
};
const restore = (Key: string, RestoreRequest: object | undefined, parts: object = {}) =>
  call("RestoreObject", { Key, RestoreRequest }, parts);
const archive = (Key: string, StorageClass = "GLACIER") => house.put(BUCKET, Key, "cold", { StorageClass }, { clock });
const header = async (Key: string) => (await call("HeadObject", { Key }))["Restore"];

test("what is archived is not read or copied, but told of", async () => {
  for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE"]) {
    await archive("cold", StorageClass);
    await assert.rejects(
      house.get(BUCKET, "cold", {}, { clock }),
      (thrown) =>
        isAwsError(thrown, "InvalidObjectState") &&
        thrown.message === "The operation is not valid for the object's storage class" &&
        thrown.fields["StorageClass"] === StorageClass,
    );
    await assert.rejects(
      call("CopyObject", { Key: "copy", CopySource: `${BUCKET}/cold` }),
      code("InvalidObjectState", "Operation is not valid for the source object's storage class"),
    );
    assert.equal((await call("HeadObject", { Key: "cold" }))["StorageClass"], StorageClass);
    assert.equal(await header("cold"), undefined);
  }
  await archive("instant", "GLACIER_IR");
  assert.equal((await house.get(BUCKET, "instant", {}, { clock })).text.toString(), "cold");
});

test("a restore needs permission, an archive, days and a tier that the class has", async () => {
  await archive("wrong");
  await assert.rejects(restore("wrong", { Days: 1 }, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(restore("missing", { Days: 1 }), code("NoSuchKey"));
  for (const bad of [undefined, {}, { Days: 0 }, { Days: 1, GlacierJobParameters: { Tier: "Fast" } }]) {
    await assert.rejects(restore("wrong", bad), code("MalformedXML"));
  }
  await assert.rejects(restore("wrong", { Type: "SELECT" }), code("NotImplemented"));
  await archive("deep", "DEEP_ARCHIVE");
  await assert.rejects(restore("deep", { Days: 1, Tier: "Expedited" }), code("InvalidArgument"));
  for (const StorageClass of ["STANDARD", "GLACIER_IR"]) {
    await archive("warm", StorageClass);
    await assert.rejects(
      restore("warm", { Days: 1 }),
      code("InvalidObjectState", "Restore is not allowed for the object's current storage class"),
    );
  }
  assert.equal(await header("wrong"), undefined);
});

test("a restore takes its tier's time, is there until a midnight, and ends by itself", async () => {
  await archive("thawed");
  assert.deepEqual(await restore("thawed", { Days: 2 }), { httpStatus: 202 });
  assert.equal(await header("thawed"), 'ongoing-request="true"');
  await assert.rejects(
    restore("thawed", { Days: 2 }),
    code("RestoreAlreadyInProgress", "Object restore is already in progress"),
  );
  await assert.rejects(house.get(BUCKET, "thawed", {}, { clock }), code("InvalidObjectState"));
  clock.advance(5 * HOUR_MS);
  assert.equal(await header("thawed"), 'ongoing-request="false", expiry-date="Tue, 24 Nov 2026 00:00:00 GMT"');
  assert.equal((await house.get(BUCKET, "thawed", {}, { clock })).text.toString(), "cold");
  await call("CopyObject", { Key: "copy", CopySource: `${BUCKET}/thawed` });

  assert.deepEqual(await restore("thawed", { Days: 5 }), {});
  assert.equal(await header("thawed"), 'ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT"');
  const listed = async (OptionalObjectAttributes?: string[]) => {
    const list = await call("ListObjectsV2", { Prefix: "thawed", OptionalObjectAttributes });
    return (list["Contents"] as Record<string, unknown>[])[0]?.["RestoreStatus"]; // the one of that prefix
  };
  assert.equal(await listed(), undefined);
  assert.deepEqual(await listed(["RestoreStatus"]), {
    IsRestoreInProgress: false,
    RestoreExpiryDate: new Date("2026-11-27T00:00:00Z"),
  });
  clock.advance(6 * DAY_MS);
  assert.equal(await header("thawed"), undefined);
  await assert.rejects(house.get(BUCKET, "thawed", {}, { clock }), code("InvalidObjectState"));
});

test("a quicker tier overtakes a slower one, and each version has its own restore", async () => {
  await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
  const { VersionId } = await archive("raced");
  await archive("raced");
  await call("RestoreObject", { Key: "raced", VersionId, RestoreRequest: { Days: 1, Tier: "Bulk" } });
  const old = async () => (await call("HeadObject", { Key: "raced", VersionId }))["Restore"];
  assert.equal(await header("raced"), undefined);
  clock.advance(HOUR_MS);
  const again = await call("RestoreObject", {
    Key: "raced",
    VersionId,
    RestoreRequest: { Days: 1, GlacierJobParameters: { Tier: "Expedited" } },
  });
  assert.equal(again["httpStatus"], 202);
  assert.equal(await old(), 'ongoing-request="true"');
  clock.advance(HOUR_MS);
  assert.match(String(await old()), /ongoing-request="false"/);
  const marker = (await call("DeleteObject", { Key: "raced" }))["VersionId"];
  await assert.rejects(
    call("RestoreObject", { Key: "raced", VersionId: marker, RestoreRequest: { Days: 1 } }),
    code("MethodNotAllowed"),
  );
});

test("an operator may set the wait", async () => {
  const quick = await s3House({ rules: { restoreMs: 0 } });
  try {
    await quick.put(BUCKET, "k", "x", { StorageClass: "DEEP_ARCHIVE" });
    await quick.call("RestoreObject", { Bucket: BUCKET, Key: "k", RestoreRequest: { Days: 1 } });
    assert.equal((await quick.get(BUCKET, "k")).text.toString(), "x");
  } finally {
    await quick.close();
  }
});
