import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ARN, fails, type IamBench, openIam, policyOfBytes, policyText, trustText } from "../testing.js";

const create = (iam: IamBench, PolicyDocument: string) =>
  iam.call("CreatePolicy", { PolicyName: "reader", PolicyDocument });

test("CreatePolicy is refused without permission, on the ARN that would be made", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyName: "reader", Path: "/a/", PolicyDocument: policyText("s3:*") };
  await iam.denies("CreatePolicy", input, "iam:CreatePolicy", `${ARN}policy/a/reader`);
});

test("CreatePolicy with tags needs iam:TagPolicy too", async (t) => {
  const iam = await openIam(t);
  const delegate = iam.as(userCaller("delegate", [JSON.parse(policyText("iam:CreatePolicy"))], HOUSE_ACCOUNT));
  const input = { PolicyName: "reader", PolicyDocument: policyText("s3:*"), Tags: [{ Key: "a", Value: "1" }] };
  await assert.rejects(
    delegate.call("CreatePolicy", input),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:TagPolicy",
  );
});

test("CreatePolicy refuses what is no identity policy, or too much of one", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(create(iam, "no json"), fails("MalformedPolicyDocument", "Syntax errors in policy."));
  await assert.rejects(create(iam, trustText({ AWS: "*" })), { code: "MalformedPolicyDocument" });
  await assert.rejects(
    create(iam, policyText("s3:*").replace("2012-10-17", "2008-10-17")),
    fails("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater."),
  );
  await assert.rejects(
    create(iam, policyOfBytes(6145)),
    fails("LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
  );
  await create(iam, policyOfBytes(6144).replace(/,/g, ", \n"));
});

test("CreatePolicy refuses a name that is taken, whatever the path", async (t) => {
  const iam = await openIam(t);
  await create(iam, policyText("s3:*"));
  await assert.rejects(
    iam.call("CreatePolicy", { PolicyName: "Reader", Path: "/other/", PolicyDocument: policyText("s3:*") }),
    fails("EntityAlreadyExists", "A policy called Reader already exists. Duplicate names are not allowed."),
  );
});

test("CreatePolicy shows what it made, without its description; keys of tags may differ in case alone", async (t) => {
  const iam = await openIam(t);
  const Tags = [
    { Key: "a", Value: "1" },
    { Key: "A", Value: "2" },
  ];
  const { Policy } = await iam.call("CreatePolicy", {
    PolicyName: "reader",
    PolicyDocument: policyText("s3:*"),
    Description: "reads",
    Tags,
  });
  assert.match(Policy?.PolicyId ?? "", /^ANPA[A-Z2-7]{17}$/);
  assert.deepEqual(Policy, {
    PolicyName: "reader",
    PolicyId: Policy?.PolicyId,
    Arn: `${ARN}policy/reader`,
    Path: "/",
    DefaultVersionId: "v1",
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: iam.house.clock.now(),
    UpdateDate: iam.house.clock.now(),
    Tags,
  });
});
