import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (VersioningConfiguration: object, Bucket = BUCKET, parts: object = {}) =>
  house.call("PutBucketVersioning", { Bucket, VersioningConfiguration }, parts);
const refused = (code: string, message: string) => (thrown: unknown) =>
  isAwsError(thrown, code) && thrown.message === message;

test("versioning needs permission, a bucket, and one of two words", async () => {
  await assert.rejects(put({ Status: "Enabled" }, BUCKET, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(put({ Status: "Enabled" }, "no-such-bucket"), (thrown) => isAwsError(thrown, "NoSuchBucket"));
  await assert.rejects(
    put({}),
    refused("IllegalVersioningConfigurationException", "The Versioning element must be specified"),
  );
  for (const Status of ["enabled", "Disabled", ""]) {
    await assert.rejects(put({ Status }), (thrown) => isAwsError(thrown, "MalformedXML"));
  }
  await assert.rejects(put({ Status: "Enabled", MFADelete: "yes" }), (thrown) => isAwsError(thrown, "MalformedXML"));
  assert.deepEqual(await house.call("GetBucketVersioning", { Bucket: BUCKET }), {});
});

test("versioning is suspended and turned on as often as one likes", async () => {
  for (const Status of ["Suspended", "Enabled", "Suspended", "Enabled"]) {
    await put({ Status, MFADelete: "Disabled" });
    assert.deepEqual(await house.call("GetBucketVersioning", { Bucket: BUCKET }), { Status });
  }
});
