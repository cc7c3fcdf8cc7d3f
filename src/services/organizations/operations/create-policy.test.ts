import assert from "node:assert/strict";
import { test } from "node:test";
import { deny, openCompany } from "../testing.js";

const policy = { Name: "p", Description: "d", Type: "SERVICE_CONTROL_POLICY", Content: deny("kms:*") };

test("a policy is kept as it was written, and hangs nowhere yet", async () => {
  const company = await openCompany();
  const { Policy } = await company.call("CreatePolicy", policy);
  assert.equal(Policy?.Content, policy.Content);
  const { Id, Arn, AwsManaged } = Policy?.PolicySummary ?? {};
  assert.match(Id ?? "", /^p-[a-z0-9]{8}$/);
  assert.match(Arn ?? "", new RegExp(`:policy/${company.organization}/service_control_policy/${Id}$`));
  assert.equal(AwsManaged, false);
  assert.deepEqual((await company.call("ListTargetsForPolicy", { PolicyId: Id })).Targets, []);
  assert.equal(await company.refused("CreatePolicy", policy), "DuplicatePolicyException");
  await company.close();
});

test("documents of the wrong kind, of another language and too long ones are refused", async () => {
  const company = await openCompany();
  const refused = (more: object) => company.refused("CreatePolicy", { ...policy, ...more });
  const malformed = "MalformedPolicyDocumentException";
  assert.equal(await refused({ Content: "{}" }), malformed);
  assert.equal(await refused({ Content: "no" }), malformed);
  assert.equal(await refused({ Content: deny("kms:*", { Principal: "*" }) }), malformed);
  assert.equal(await refused({ Content: deny("kms:*").replace("2012-10-17", "2008-10-17") }), malformed);
  assert.equal(
    await refused({ Content: deny("kms:*") + " ".repeat(10_240) }),
    "ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED",
  );
  assert.equal(await refused({ Type: "TAG_POLICY" }), "PolicyTypeNotAvailableForOrganizationException");
  await company.close();
});

test("a resource control policy denies, to everyone, what takes part", async () => {
  const company = await openCompany();
  const Type = "RESOURCE_CONTROL_POLICY";
  const said = (Content: string) => ({ ...policy, Name: Content.slice(0, 90), Type, Content });
  const everyone = { Principal: "*" };
  await company.call("CreatePolicy", said(deny("kms:*", everyone)));
  for (const wrong of [
    deny("kms:*"),
    deny("*", everyone),
    deny("ec2:*", everyone),
    deny("kms:*", { Principal: { AWS: "111122223333" } }),
    deny("kms:*", { Principal: "*", Effect: "Allow" }),
  ])
    assert.equal(await company.refused("CreatePolicy", said(wrong)), "MalformedPolicyDocumentException", wrong);
  await company.close();
});

test("who may make one kind alone names it in a condition", async () => {
  const company = await openCompany();
  const only = { StringEquals: { "organizations:PolicyType": "SERVICE_CONTROL_POLICY" } };
  assert.equal(await company.isAllowed("CreatePolicy", policy, "*", only), true);
  const other = { ...policy, Type: "RESOURCE_CONTROL_POLICY" };
  assert.equal(await company.isAllowed("CreatePolicy", other, "*", only), false);
  await company.close();
});
