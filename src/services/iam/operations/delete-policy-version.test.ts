import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("DeletePolicyVersion is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, VersionId: "v1" };
  await iam.denies("DeletePolicyVersion", input, "iam:DeletePolicyVersion", READER);
  await assert.rejects(
    iam.call("DeletePolicyVersion", input),
    fails("NoSuchEntity", `Policy ${READER} was not found.`),
  );
});

test("DeletePolicyVersion keeps the default and finds no version that was never made", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const remove = (VersionId: string) => iam.call("DeletePolicyVersion", { PolicyArn: READER, VersionId });
  await assert.rejects(remove("v1"), fails("DeleteConflict", "Cannot delete the default version of a policy."));
  await assert.rejects(
    remove("v9"),
    fails("NoSuchEntity", `Policy ${READER} version v9 does not exist or is not attachable.`),
  );
});

test("DeletePolicyVersion deletes one that is not in force", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*"), SetAsDefault: true });
  await iam.call("DeletePolicyVersion", { PolicyArn: READER, VersionId: "v1" });
  const { Versions } = await iam.call("ListPolicyVersions", { PolicyArn: READER });
  assert.deepEqual(
    Versions?.map((version) => version.VersionId),
    ["v2"],
  );
});
