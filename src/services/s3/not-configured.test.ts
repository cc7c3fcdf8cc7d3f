import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { userCaller } from "../../kit/testing.js";
import { BUCKET, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const ABSENT: [string, string][] = [
  ["GetBucketCors", "NoSuchCORSConfiguration"],
  ["GetBucketWebsite", "NoSuchWebsiteConfiguration"],
  ["GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"],
  ["GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"],
];
for (const [name, error] of ABSENT) {
  test(`${name} says that nothing is configured, to who may ask`, async () => {
    await assert.rejects(
      house.call(name, { Bucket: BUCKET }),
      (thrown) => isAwsError(thrown, error) && thrown.status === 404,
    );
    await assert.rejects(house.call(name, { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
    await assert.rejects(house.call(name, { Bucket: BUCKET }, nobody), Denied);
  });
}
