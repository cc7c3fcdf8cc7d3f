import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("CreatePolicyVersion is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, PolicyDocument: policyText("s3:*") };
  await iam.denies("CreatePolicyVersion", input, "iam:CreatePolicyVersion", READER);
  await assert.rejects(
    iam.call("CreatePolicyVersion", input),
    fails("NoSuchEntity", `Policy ${READER} was not found.`),
  );
});

const version = { PolicyArn: READER, PolicyDocument: policyText("s3:Put*") };

test("CreatePolicyVersion refuses what is no identity policy", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await assert.rejects(
    iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: "{" }),
    fails("MalformedPolicyDocument", "Syntax errors in policy."),
  );
});

test("CreatePolicyVersion changes what the policy means only when it is made the default", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  iam.house.clock.advance(60_000);
  const { PolicyVersion } = await iam.call("CreatePolicyVersion", version);
  assert.deepEqual(PolicyVersion, { VersionId: "v2", IsDefaultVersion: false, CreateDate: iam.house.clock.now() });
  const shown = async () => (await iam.call("GetPolicy", { PolicyArn: READER })).Policy;
  assert.equal((await shown())?.DefaultVersionId, "v1");
  await iam.call("CreatePolicyVersion", { ...version, SetAsDefault: true });
  assert.equal((await shown())?.DefaultVersionId, "v3");
  assert.deepEqual((await shown())?.UpdateDate, iam.house.clock.now());
});

test("CreatePolicyVersion keeps five and never gives a number twice", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  for (let count = 2; count <= 5; count += 1) await iam.call("CreatePolicyVersion", version);
  await assert.rejects(
    iam.call("CreatePolicyVersion", version),
    fails(
      "LimitExceeded",
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    ),
  );
  await iam.call("DeletePolicyVersion", { PolicyArn: READER, VersionId: "v5" });
  assert.equal((await iam.call("CreatePolicyVersion", version)).PolicyVersion?.VersionId, "v6");
});
