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

const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }];
test("rules that are deleted let nobody in, and may be deleted again", async () => {
  await house.call("PutBucketCors", { Bucket, CORSConfiguration: { CORSRules } });
  await assert.rejects(house.call("DeleteBucketCors", { Bucket }, nobody), Denied);
  await house.call("DeleteBucketCors", { Bucket });
  await house.call("DeleteBucketCors", { Bucket });
  await assert.rejects(house.call("GetBucketCors", { Bucket }), code("NoSuchCORSConfiguration"));
});
