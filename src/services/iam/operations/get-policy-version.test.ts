import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("GetPolicyVersion is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, VersionId: "v1" };
  await iam.denies("GetPolicyVersion", input, "iam:GetPolicyVersion", READER);
  await assert.rejects(
    iam.call("GetPolicyVersion", input),
    fails("NoSuchEntity", `Policy ${READER} version v1 does not exist or is not attachable.`),
  );
});

test("GetPolicyVersion finds no version that was never made", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await assert.rejects(
    iam.call("GetPolicyVersion", { PolicyArn: READER, VersionId: "v9" }),
    fails("NoSuchEntity", `Policy ${READER} version v9 does not exist or is not attachable.`),
  );
});

test("GetPolicyVersion gives the text as written, percent-encoded", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const { PolicyVersion } = await iam.call("GetPolicyVersion", { PolicyArn: READER, VersionId: "v1" });
  assert.equal(decodeURIComponent(PolicyVersion?.Document ?? ""), reader.PolicyDocument);
  assert.deepEqual([PolicyVersion?.VersionId, PolicyVersion?.IsDefaultVersion], ["v1", true]);
});

test("GetPolicyVersion shows AWS's own policies in force", async (t) => {
  const iam = await openIam(t);
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
  const { PolicyVersion } = await iam.call("GetPolicyVersion", { PolicyArn, VersionId: "v3" });
  assert.match(decodeURIComponent(PolicyVersion?.Document ?? ""), /"s3:Get\*"/);
  await assert.rejects(iam.call("GetPolicyVersion", { PolicyArn, VersionId: "v1" }), { code: "NoSuchEntity" });
});
