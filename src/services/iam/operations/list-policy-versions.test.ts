import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("ListPolicyVersions is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER };
  await iam.denies("ListPolicyVersions", input, "iam:ListPolicyVersions", READER);
  await assert.rejects(iam.call("ListPolicyVersions", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("ListPolicyVersions shows the newest first and which is in force", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*"), SetAsDefault: true });
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*") });
  const { Versions, IsTruncated } = await iam.call("ListPolicyVersions", { PolicyArn: READER });
  assert.deepEqual(
    Versions?.map((version) => [version.VersionId, version.IsDefaultVersion]),
    [
      ["v3", false],
      ["v2", true],
      ["v1", false],
    ],
  );
  assert.equal(IsTruncated, false);
});

test("ListPolicyVersions pages", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*") });
  const first = await iam.call("ListPolicyVersions", { PolicyArn: READER, MaxItems: 1 });
  const second = await iam.call("ListPolicyVersions", { PolicyArn: READER, Marker: first.Marker });
  assert.deepEqual([first.Versions?.[0]?.VersionId, second.Versions?.[0]?.VersionId], ["v2", "v1"]);
});
