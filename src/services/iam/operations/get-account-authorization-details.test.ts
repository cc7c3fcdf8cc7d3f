import assert from "node:assert/strict";
import { test } from "node:test";
import { enableUse } from "../authorization-details-contract.js";
import { guarded, openIam, policyText, trustText } from "../testing.js";

guarded("GetAccountAuthorizationDetails", {}, "*");

const text = (document: string | undefined) => decodeURIComponent(document ?? "");

test("every kind is shown with all that hangs on it", async (t) => {
  const iam = await openIam(t);
  const { boundary, policy } = await enableUse(iam);
  const details = await iam.call("GetAccountAuthorizationDetails", {});
  const [user] = details.UserDetailList ?? [];
  assert.deepEqual(
    [user?.UserName, user?.GroupList, user?.Tags, user?.PermissionsBoundary?.PermissionsBoundaryArn],
    ["ada", ["team"], [{ Key: "a", Value: "1" }], boundary],
  );
  assert.deepEqual(
    user?.UserPolicyList?.map((each) => [each.PolicyName, text(each.PolicyDocument)]),
    [["own", policyText("s3:Get*")]],
  );
  const [group] = details.GroupDetailList ?? [];
  assert.deepEqual(
    [group?.GroupName, group?.GroupPolicyList?.[0]?.PolicyName, group?.AttachedManagedPolicies],
    ["team", "team", [{ PolicyName: "reader", PolicyArn: policy }]],
  );
  const role = details.RoleDetailList?.[0];
  assert.equal(text(role?.AssumeRolePolicyDocument), trustText({ Service: "ec2.amazonaws.com" }));
  assert.deepEqual(
    role?.InstanceProfileList?.map((profile) => [profile.InstanceProfileName, profile.Roles?.[0]?.RoleName]),
    [["web", "deploy"]],
  );
  assert.deepEqual([role?.RolePolicyList?.[0]?.PolicyName, role?.RoleLastUsed], ["deploy", {}]);
  const reader = details.Policies?.find((each) => each.Arn === policy);
  assert.deepEqual(
    reader?.PolicyVersionList?.map((version) => [version.VersionId, version.IsDefaultVersion, text(version.Document)]),
    [
      ["v2", false, policyText("s3:List*")],
      ["v1", true, policyText("s3:Get*")],
    ],
  );
  assert.deepEqual(
    [reader?.AttachmentCount, reader?.PermissionsBoundaryUsageCount, reader?.Description],
    [1, 0, "reads"],
  );
  assert.equal(details.Policies?.find((each) => each.Arn === boundary)?.PermissionsBoundaryUsageCount, 1);
});

test("a filter leaves the other kinds out", async (t) => {
  const iam = await openIam(t);
  await enableUse(iam);
  const counts = async (...Filter: ("User" | "Role" | "Group" | "LocalManagedPolicy" | "AWSManagedPolicy")[]) => {
    const shown = await iam.call("GetAccountAuthorizationDetails", { Filter });
    const own = shown.Policies?.filter((each) => !each.Arn?.includes("::aws:"));
    return [shown.UserDetailList, shown.GroupDetailList, shown.RoleDetailList, own].map((list) => list?.length);
  };
  assert.deepEqual(await counts("User"), [1, 0, 0, 0]);
  assert.deepEqual(await counts("Role", "Group"), [0, 1, 1, 0]);
  assert.deepEqual(await counts("LocalManagedPolicy"), [0, 0, 0, 2]);
  const { Policies = [] } = await iam.call("GetAccountAuthorizationDetails", { Filter: ["AWSManagedPolicy"] });
  assert.ok(Policies.length > 0 && Policies.every((each) => each.Arn?.startsWith("arn:aws:iam::aws:policy/")));
});

test("pages of any size come to the same, and a marker holds for its filter alone", async (t) => {
  const iam = await openIam(t);
  await enableUse(iam);
  const whole = await iam.call("GetAccountAuthorizationDetails", {});
  for (const MaxItems of [1, 2, 3]) {
    const seen: unknown[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.call("GetAccountAuthorizationDetails", { MaxItems, Marker });
      const { UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies = [] } = page;
      const items = [...UserDetailList, ...GroupDetailList, ...RoleDetailList, ...Policies];
      assert.ok(items.length <= MaxItems);
      seen.push(...items);
      Marker = page.Marker;
    } while (Marker !== undefined);
    const { UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies = [] } = whole;
    assert.deepEqual(seen, [...UserDetailList, ...GroupDetailList, ...RoleDetailList, ...Policies]);
  }
  const { Marker } = await iam.call("GetAccountAuthorizationDetails", { MaxItems: 1 });
  await assert.rejects(iam.call("GetAccountAuthorizationDetails", { MaxItems: 1, Marker, Filter: ["User"] }), {
    code: "ValidationError",
  });
});
