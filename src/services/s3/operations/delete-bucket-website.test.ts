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

const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" } };
test("a website that is deleted is gone, and may be deleted again", async () => {
  await house.call("PutBucketWebsite", { Bucket, WebsiteConfiguration });
  await assert.rejects(house.call("DeleteBucketWebsite", { Bucket }, nobody), Denied);
  await house.call("DeleteBucketWebsite", { Bucket });
  await house.call("DeleteBucketWebsite", { Bucket });
  await assert.rejects(house.call("GetBucketWebsite", { Bucket }), code("NoSuchWebsiteConfiguration"));
});
