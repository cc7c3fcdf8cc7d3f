import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("SetDefaultPolicyVersion is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, VersionId: "v1" };
  await iam.denies("SetDefaultPolicyVersion", input, "iam:SetDefaultPolicyVersion", READER);
  await assert.rejects(
    iam.call("SetDefaultPolicyVersion", input),
    fails("NoSuchEntity", `Policy ${READER} version v1 does not exist or is not attachable.`),
  );
});

test("SetDefaultPolicyVersion finds no version that was never made", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await assert.rejects(
    iam.call("SetDefaultPolicyVersion", { PolicyArn: READER, VersionId: "v4" }),
    fails("NoSuchEntity", `Policy ${READER} version v4 does not exist or is not attachable.`),
  );
});

test("SetDefaultPolicyVersion goes back to an older text", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*"), SetAsDefault: true });
  await iam.call("SetDefaultPolicyVersion", { PolicyArn: READER, VersionId: "v1" });
  const { Policy } = await iam.call("GetPolicy", { PolicyArn: READER });
  assert.equal(Policy?.DefaultVersionId, "v1");
});
