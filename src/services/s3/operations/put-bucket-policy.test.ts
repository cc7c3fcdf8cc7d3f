import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const malformed = (message: string) => (thrown: unknown) =>
  isAwsError(thrown, "MalformedPolicy") && thrown.message === message;
const put = (document: unknown) =>
  house.call("PutBucketPolicy", {
    Bucket: BUCKET,
    Policy: typeof document === "string" ? document : JSON.stringify(document),
  });
const statement = (more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${BUCKET}/*`,
  ...more,
});
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

test("what is no policy is refused in S3's words", async () => {
  const notJson = malformed("Policies must be valid JSON and the first byte must be '{'");
  for (const text of ["", "random string", "[]", " {}", "null"]) await assert.rejects(put(text), notJson);
  await assert.rejects(put("{}"), malformed("Missing required field Statement"));
  await assert.rejects(
    put(policy({ ...statement(), Principal: undefined })),
    malformed("Missing required field Principal"),
  );
  await assert.rejects(
    put(policy(statement({ Resource: "arn:aws:s3:::other/*" }))),
    malformed("Policy has invalid resource"),
  );
  await assert.rejects(
    put({ ...policy(statement()), Id: "x".repeat(21_000) }),
    malformed("Policies must be 20 KB or less in size."),
  );
});

test("without a policy there is none to get", async () => {
  for (const name of ["GetBucketPolicy", "GetBucketPolicyStatus"]) {
    await assert.rejects(house.call(name, { Bucket: BUCKET }), (thrown) => isAwsError(thrown, "NoSuchBucketPolicy"));
  }
});

test("a policy comes back byte by byte, and goes", async () => {
  const text = `{ "Version":"2012-10-17",\n "Statement": ${JSON.stringify([statement()])} }`;
  await put(text);
  assert.equal((await house.call("GetBucketPolicy", { Bucket: BUCKET }))["Policy"], text);
  assert.deepEqual(await house.call("GetBucketPolicyStatus", { Bucket: BUCKET }), {
    PolicyStatus: { IsPublic: false },
  });
  await house.call("DeleteBucketPolicy", { Bucket: BUCKET });
  await house.call("DeleteBucketPolicy", { Bucket: BUCKET });
  await assert.rejects(house.call("GetBucketPolicy", { Bucket: BUCKET }), (thrown) =>
    isAwsError(thrown, "NoSuchBucketPolicy"),
  );
});

test("a public policy needs the block to be lifted; one pinned to somebody does not", async () => {
  const everybody = policy(statement({ Principal: "*" }));
  await assert.rejects(
    put(everybody),
    (thrown) => isAwsError(thrown, "AccessDenied") && /BlockPublicPolicy/.test(thrown.message),
  );
  await put(
    policy(statement({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } } })),
  );
  const none = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  await house.call("PutPublicAccessBlock", { Bucket: BUCKET, PublicAccessBlockConfiguration: none });
  await put(everybody);
  assert.deepEqual(await house.call("GetBucketPolicyStatus", { Bucket: BUCKET }), { PolicyStatus: { IsPublic: true } });
});

test("who may not, may not", async () => {
  const nobody = { caller: userCaller("nobody") };
  for (const name of ["PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicyStatus"]) {
    await assert.rejects(house.call(name, { Bucket: BUCKET, Policy: "{}" }, nobody), Denied);
  }
});
