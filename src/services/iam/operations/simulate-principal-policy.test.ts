import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { parsePolicy } from "../../../policy/index.js";
import { ARN, guarded, openIam, policyText } from "../testing.js";

const INPUT = { PolicySourceArn: `${ARN}user/ada`, ActionNames: ["s3:GetObject"] };

guarded("SimulatePrincipalPolicy", INPUT, `${ARN}user/ada`);

test("SimulatePrincipalPolicy knows the policies of a user, of its groups, and its boundary", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(iam.call("SimulatePrincipalPolicy", INPUT), { code: "NoSuchEntity" });
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateGroup", { GroupName: "readers" });
  await iam.call("AddUserToGroup", { UserName: "ada", GroupName: "readers" });
  const decide = async () => {
    const [result] = (await iam.call("SimulatePrincipalPolicy", INPUT)).EvaluationResults ?? [];
    return [result?.EvalDecision, result?.MatchedStatements?.[0]?.SourcePolicyId];
  };
  assert.deepEqual(await decide(), ["implicitDeny", undefined]);
  const PolicyDocument = policyText("s3:GetObject");
  await iam.call("PutGroupPolicy", { GroupName: "readers", PolicyName: "read", PolicyDocument });
  assert.deepEqual(await decide(), ["allowed", "group_readers_read"]);
  const { Policy } = await iam.call("CreatePolicy", { PolicyName: "limit", PolicyDocument: policyText("kms:*") });
  await iam.call("PutUserPermissionsBoundary", { UserName: "ada", PermissionsBoundary: Policy?.Arn ?? "" });
  assert.deepEqual(await decide(), ["implicitDeny", undefined]);
});

test("SimulatePrincipalPolicy knows nothing of another account", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(iam.as(rootCaller(SECOND_ACCOUNT)).call("SimulatePrincipalPolicy", INPUT), {
    code: "NoSuchEntity",
  });
});

test("SimulatePrincipalPolicy asks the organization of the account, and tells what it said apart", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("PutUserPolicy", { UserName: "ada", PolicyName: "own", PolicyDocument: policyText("s3:*") });
  const level = (statement: object) => [
    {
      name: "level",
      policy: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statement }), "service-control"),
    },
  ];
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const decide = async (...levels: ReturnType<typeof level>[]) => {
    const placed = { organization: "o-1", path: "o-1/r-1/", serviceControl: levels };
    const caller = { ...rootCaller(), organizations: { of: () => placed } };
    const [result] = (await iam.as(caller).call("SimulatePrincipalPolicy", INPUT)).EvaluationResults ?? [];
    const sources = result?.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId);
    return [result?.EvalDecision, result?.OrganizationsDecisionDetail?.AllowedByOrganizations, sources];
  };
  const root = level(everything);
  assert.deepEqual(await decide(root, root), ["allowed", true, ["user_ada_own"]]);
  assert.deepEqual(await decide(root, level({ ...everything, Action: "kms:*" })), ["implicitDeny", false, []]);
  const denied = level([everything, { Effect: "Deny", Action: "s3:Get*", Resource: "*" }]);
  assert.deepEqual(await decide(root, denied), ["explicitDeny", false, []]);
  const [alone] = (await iam.call("SimulatePrincipalPolicy", INPUT)).EvaluationResults ?? [];
  assert.equal(alone?.OrganizationsDecisionDetail, undefined, "an account in no organization is told nothing of one");
});
