import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const Bucket = BUCKET;
const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("GetBucketWebsite needs permission, a bucket and a website", async () => {
  await assert.rejects(house.call("GetBucketWebsite", { Bucket }, nobody), Denied);
  await assert.rejects(house.call("GetBucketWebsite", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
  await assert.rejects(house.call("GetBucketWebsite", { Bucket }), code("NoSuchWebsiteConfiguration"));
});
