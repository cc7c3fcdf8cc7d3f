import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, guarded, openIam, policyText } from "../testing.js";

const READ = policyText("s3:GetObject");
const statement = (parts: object) => JSON.stringify({ Version: "2012-10-17", Statement: [parts] });
const DENY = statement({ Effect: "Deny", Action: "s3:*", Resource: "*" });

guarded("SimulateCustomPolicy", { PolicyInputList: [READ], ActionNames: ["s3:GetObject"] }, "*");

test("SimulateCustomPolicy tells allowed, explicitly and implicitly denied, and which statement did it", async (t) => {
  const iam = await openIam(t);
  const decide = async (policies: string[], action = "s3:GetObject") =>
    (await iam.call("SimulateCustomPolicy", { PolicyInputList: policies, ActionNames: [action] }))
      .EvaluationResults?.[0];
  const allowed = await decide([READ]);
  assert.equal(allowed?.EvalDecision, "allowed");
  assert.deepEqual(allowed?.MatchedStatements, [
    {
      SourcePolicyId: "PolicyInputList.1",
      SourcePolicyType: "none",
      StartPosition: { Line: 1, Column: 38 },
      EndPosition: { Line: 1, Column: READ.length - 1 },
    },
  ]);
  const denied = await decide([READ, DENY]);
  assert.equal(denied?.EvalDecision, "explicitDeny");
  assert.deepEqual(
    denied?.MatchedStatements?.map((each) => each.SourcePolicyId),
    ["PolicyInputList.2"],
  );
  const implicit = await decide([READ], "s3:PutObject");
  assert.deepEqual([implicit?.EvalDecision, implicit?.MatchedStatements], ["implicitDeny", []]);
});

test("SimulateCustomPolicy names the context values that were asked for and not given", async (t) => {
  const iam = await openIam(t);
  const Condition = { StringEquals: { "aws:SourceVpc": "vpc-1" } };
  const policy = statement({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition });
  const input = { PolicyInputList: [policy], ActionNames: ["s3:GetObject"] };
  const [without] = (await iam.call("SimulateCustomPolicy", input)).EvaluationResults ?? [];
  assert.deepEqual([without?.EvalDecision, without?.MissingContextValues], ["implicitDeny", ["aws:SourceVpc"]]);
  const ContextEntries = [
    { ContextKeyName: "aws:SourceVpc", ContextKeyValues: ["vpc-1"], ContextKeyType: "string" as const },
  ];
  const [given] = (await iam.call("SimulateCustomPolicy", { ...input, ContextEntries })).EvaluationResults ?? [];
  assert.deepEqual([given?.EvalDecision, given?.MissingContextValues], ["allowed", []]);
});

test("SimulateCustomPolicy lets a boundary limit and a resource's policy give", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const [limited] =
    (
      await iam.call("SimulateCustomPolicy", {
        PolicyInputList: [READ],
        PermissionsBoundaryPolicyInputList: [policyText("s3:PutObject")],
        ActionNames: ["s3:GetObject"],
      })
    ).EvaluationResults ?? [];
  assert.equal(limited?.EvalDecision, "implicitDeny");
  assert.deepEqual(limited?.PermissionsBoundaryDecisionDetail, { AllowedByPermissionsBoundary: false });
  const Resource = "arn:aws:s3:::bucket/*";
  const ResourcePolicy = statement({ Effect: "Allow", Principal: { AWS: `${ARN}user/ada` }, Action: "s3:*", Resource });
  const asked = {
    PolicyInputList: [policyText("kms:Decrypt")],
    ActionNames: ["s3:GetObject"],
    ResourceArns: ["arn:aws:s3:::bucket/a"],
    ResourcePolicy,
  };
  await assert.rejects(iam.call("SimulateCustomPolicy", asked), { code: "InvalidInput" });
  const [given] =
    (await iam.call("SimulateCustomPolicy", { ...asked, CallerArn: `${ARN}user/ada` })).EvaluationResults ?? [];
  assert.deepEqual([given?.EvalDecision, given?.MatchedStatements?.[0]?.SourcePolicyType], ["allowed", "resource"]);
});

test("SimulateCustomPolicy pages through actions and resources, and refuses what is no policy or no action", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyInputList: [READ], ActionNames: ["s3:GetObject", "s3:PutObject"], ResourceArns: ["*"] };
  const first = await iam.call("SimulateCustomPolicy", { ...input, MaxItems: 1 });
  assert.deepEqual([first.EvaluationResults?.[0]?.EvalActionName, first.IsTruncated], ["s3:GetObject", true]);
  const second = await iam.call("SimulateCustomPolicy", { ...input, MaxItems: 1, Marker: first.Marker });
  assert.deepEqual([second.EvaluationResults?.[0]?.EvalActionName, second.IsTruncated], ["s3:PutObject", false]);
  await assert.rejects(iam.call("SimulateCustomPolicy", { ...input, PolicyInputList: ["{}"] }), {
    code: "InvalidInput",
  });
  await assert.rejects(iam.call("SimulateCustomPolicy", { ...input, ActionNames: ["s3:*"] }), { code: "InvalidInput" });
});
