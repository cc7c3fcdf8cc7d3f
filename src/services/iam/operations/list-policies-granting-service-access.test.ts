import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA_ARN, READER, usedServices } from "../access-reports-contract.js";
import { grantsService } from "../granted-services.js";
import { ARN, fails, guarded, openIam, policyText } from "../testing.js";

guarded("ListPoliciesGrantingServiceAccess", { Arn: ADA_ARN, ServiceNamespaces: ["s3"] }, ADA_ARN);

test("each service has the policies that grant it, inline and managed, of the groups too", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  const input = { Arn: ADA_ARN, ServiceNamespaces: ["s3", "kms", "sts"] };
  const listed = await iam.call("ListPoliciesGrantingServiceAccess", input);
  const managed = { PolicyName: "reader", PolicyType: "MANAGED", EntityType: "GROUP", EntityName: "team" };
  const inline = { PolicyName: "own", PolicyType: "INLINE", EntityType: "USER", EntityName: "ada" };
  assert.deepEqual(listed.PoliciesGrantingServiceAccess, [
    { ServiceNamespace: "kms", Policies: [{ ...inline, PolicyArn: undefined }] },
    { ServiceNamespace: "s3", Policies: [{ ...managed, PolicyArn: READER }] },
    { ServiceNamespace: "sts", Policies: [] },
  ]);
  await assert.rejects(
    iam.call("ListPoliciesGrantingServiceAccess", { Arn: `${ARN}user/nobody`, ServiceNamespaces: ["s3"] }),
    fails("NoSuchEntity", `The policy source ${ARN}user/nobody cannot be found.`),
  );
});

test("what grants a service: its actions, wildcards, and everything but others", () => {
  const notAction = (...NotAction: string[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", NotAction, Resource: "*" } });
  const denied = policyText("s3:*").replace("Allow", "Deny");
  const granting = [
    policyText("*"),
    policyText("S3:Get*"),
    policyText("s*:List*"),
    notAction("kms:*"),
    notAction("s3:Get*"),
  ];
  for (const text of granting) assert.equal(grantsService(text, "s3"), true, text);
  for (const text of [policyText("s3x:*"), policyText("kms:*"), denied, notAction("s3:*"), notAction("*")])
    assert.equal(grantsService(text, "s3"), false, text);
});
