import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const Policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
});
const put = (PublicAccessBlockConfiguration: object, parts: object = {}) =>
  house.call("PutPublicAccessBlock", { Bucket: BUCKET, PublicAccessBlockConfiguration }, parts);

test("what is left out is off, and each switch acts by itself", async () => {
  await assert.rejects(put({}, nobody), Denied);
  await put({ BlockPublicPolicy: true });
  await assert.rejects(house.call("PutBucketPolicy", { Bucket: BUCKET, Policy }), code("AccessDenied"));
  await put({ RestrictPublicBuckets: true });
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy });
});
