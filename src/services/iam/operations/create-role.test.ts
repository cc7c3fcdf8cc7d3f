import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ARN, fails, type IamBench, openIam, policyText, trustText } from "../testing.js";

const create = (iam: IamBench, AssumeRolePolicyDocument: string) =>
  iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument });

test("CreateRole is refused without permission, on the ARN that would be made", async (t) => {
  const iam = await openIam(t);
  const input = { RoleName: "deploy", Path: "/a/", AssumeRolePolicyDocument: trustText({ AWS: "*" }) };
  await iam.denies("CreateRole", input, "iam:CreateRole", `${ARN}role/a/deploy`);
});

test("CreateRole with tags needs iam:TagRole too", async (t) => {
  const iam = await openIam(t);
  const delegate = iam.as(userCaller("delegate", [JSON.parse(policyText("iam:CreateRole"))], HOUSE_ACCOUNT));
  const input = { RoleName: "deploy", AssumeRolePolicyDocument: trustText({ AWS: "*" }) };
  await assert.rejects(
    delegate.call("CreateRole", { ...input, Tags: [{ Key: "a", Value: "1" }] }),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:TagRole",
  );
});

test("CreateRole refuses what is no trust policy", async (t) => {
  const iam = await openIam(t);
  const malformed = (message: string) => fails("MalformedPolicyDocument", message);
  await assert.rejects(create(iam, "{"), malformed("This policy contains invalid Json"));
  const wrongAction = trustText({ AWS: "*" }, "s3:GetObject");
  await assert.rejects(
    create(iam, wrongAction),
    malformed("AssumeRole policy may only specify STS AssumeRole actions."),
  );
  const withResource = trustText({ AWS: "*" }).replace('"Action"', '"Resource":"*","Action"');
  await assert.rejects(create(iam, withResource), malformed("Has prohibited field Resource"));
  await assert.rejects(create(iam, policyText("sts:AssumeRole")), { code: "MalformedPolicyDocument" });
  const long = trustText({ Service: Array.from({ length: 70 }, (_, at) => `service-number-${at}.amazonaws.com`) });
  await assert.rejects(create(iam, long), fails("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"));
});

test("CreateRole refuses principals that do not exist, and accepts other houses' accounts", async (t) => {
  const iam = await openIam(t);
  for (const AWS of [`${ARN}user/ada`, `${ARN}role/none`, "arn:aws:iam::999999999999:user/ada"])
    await assert.rejects(
      create(iam, trustText({ AWS })),
      fails("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"${AWS}"`),
    );
  await create(iam, trustText({ AWS: ["999999999999", "arn:aws:iam::999999999998:root", HOUSE_ACCOUNT] }));
});

test("CreateRole refuses a name that is taken", async (t) => {
  const iam = await openIam(t);
  await create(iam, trustText({ AWS: "*" }));
  await assert.rejects(
    create(iam, trustText({ AWS: "*" })),
    fails("EntityAlreadyExists", "Role with name deploy already exists."),
  );
});

test("CreateRole shows less than GetRole", async (t) => {
  const iam = await openIam(t);
  const text = trustText({ Service: "ec2.amazonaws.com" });
  const { Role } = await iam.call("CreateRole", {
    RoleName: "deploy",
    AssumeRolePolicyDocument: text,
    Description: "deploys",
    MaxSessionDuration: 7200,
    Tags: [{ Key: "a", Value: "" }],
  });
  assert.match(Role?.RoleId ?? "", /^AROA[A-Z2-7]{17}$/);
  assert.deepEqual(Object.keys(Role ?? {}).sort(), [
    "Arn",
    "AssumeRolePolicyDocument",
    "CreateDate",
    "Path",
    "RoleId",
    "RoleName",
    "Tags",
  ]);
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), text);
});
