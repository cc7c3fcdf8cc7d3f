import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("GetPolicy is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER };
  await iam.denies("GetPolicy", input, "iam:GetPolicy", READER);
  await assert.rejects(iam.call("GetPolicy", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("GetPolicy does not see another account's policies", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const other = iam.as(rootCaller(SECOND_ACCOUNT));
  await assert.rejects(other.call("GetPolicy", { PolicyArn: READER }), { code: "NoSuchEntity" });
  await assert.rejects(iam.call("GetPolicy", { PolicyArn: "reader-is-no-arn-at-all" }), { code: "ValidationError" });
});

test("GetPolicy shows description and tags, empty ones too, and who uses it", async (t) => {
  const iam = await openIam(t);
  const { Policy } = await iam.call("CreatePolicy", { ...reader, Description: "reads" });
  await iam.call("CreateUser", { UserName: "ada", PermissionsBoundary: READER });
  await iam.call("AttachUserPolicy", { UserName: "ada", PolicyArn: READER });
  const shown = await iam.call("GetPolicy", { PolicyArn: READER });
  const used = { AttachmentCount: 1, PermissionsBoundaryUsageCount: 1 };
  assert.deepEqual(shown.Policy, { ...Policy, ...used, Description: "reads", Tags: [] });
});

test("GetPolicy knows AWS's own policies", async (t) => {
  const iam = await openIam(t);
  const { Policy } = await iam.call("GetPolicy", { PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  assert.deepEqual([Policy?.PolicyName, Policy?.DefaultVersionId, Policy?.Tags], ["AdministratorAccess", "v1", []]);
});
