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

test("GetBucketPolicy needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketPolicy", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketPolicy", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("none is NoSuchBucketPolicy with the bucket's name; one comes back as it was written", async () => {
  await assert.rejects(
    house.call("GetBucketPolicy", { Bucket: BUCKET }),
    (thrown) => isAwsError(thrown, "NoSuchBucketPolicy") && thrown.fields["BucketName"] === BUCKET,
  );
  const Policy = JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
    },
    null,
    2,
  );
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy });
  assert.equal((await house.call("GetBucketPolicy", { Bucket: BUCKET }))["Policy"], Policy);
});
