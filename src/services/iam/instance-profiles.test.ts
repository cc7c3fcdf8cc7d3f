import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../identity/testing.js";
import { rootCaller, userCaller } from "../../kit/testing.js";
import { ARN, fails, type IamBench, openIam, policyText, trustText } from "./testing.js";

const NAMED = { InstanceProfileName: "web" };
const NO_SUCH = fails("NoSuchEntity", "Instance Profile web cannot be found.");
const EC2 = trustText({ Service: "ec2.amazonaws.com" });

const makeRole = (iam: IamBench, RoleName = "deploy") =>
  iam.call("CreateRole", { RoleName, AssumeRolePolicyDocument: EC2 });

test("every operation on an instance profile is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateInstanceProfile", { ...NAMED, Path: "/team/" });
  const arn = `${ARN}instance-profile/team/web`;
  const role = { ...NAMED, RoleName: "deploy" };
  await iam.denies("CreateInstanceProfile", { ...NAMED, Path: "/team/" }, "iam:CreateInstanceProfile", arn);
  await iam.denies("GetInstanceProfile", NAMED, "iam:GetInstanceProfile", arn);
  await iam.denies("DeleteInstanceProfile", NAMED, "iam:DeleteInstanceProfile", arn);
  await iam.denies("AddRoleToInstanceProfile", role, "iam:AddRoleToInstanceProfile", arn);
  await iam.denies("RemoveRoleFromInstanceProfile", role, "iam:RemoveRoleFromInstanceProfile", arn);
  await iam.denies("TagInstanceProfile", { ...NAMED, Tags: [] }, "iam:TagInstanceProfile", arn);
  await iam.denies("UntagInstanceProfile", { ...NAMED, TagKeys: [] }, "iam:UntagInstanceProfile", arn);
  await iam.denies("ListInstanceProfileTags", NAMED, "iam:ListInstanceProfileTags", arn);
  await iam.denies("ListInstanceProfiles", {}, "iam:ListInstanceProfiles", `${ARN}instance-profile/`);
});

test("a profile is made once in whatever case, shown, listed by path and page, and is nobody else's", async (t) => {
  const iam = await openIam(t);
  const made = await iam.call("CreateInstanceProfile", { ...NAMED, Path: "/team/", Tags: [{ Key: "a", Value: "1" }] });
  assert.match(made.InstanceProfile?.InstanceProfileId ?? "", /^AIPA[A-Z2-7]{17}$/);
  assert.equal(made.InstanceProfile?.Arn, `${ARN}instance-profile/team/web`);
  assert.deepEqual(await iam.call("GetInstanceProfile", NAMED), made);
  await assert.rejects(
    iam.call("CreateInstanceProfile", { InstanceProfileName: "WEB" }),
    fails("EntityAlreadyExists", "Instance Profile WEB already exists."),
  );
  await assert.rejects(iam.as(rootCaller(SECOND_ACCOUNT)).call("GetInstanceProfile", NAMED), NO_SUCH);
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "app" });
  const first = await iam.call("ListInstanceProfiles", { MaxItems: 1 });
  assert.deepEqual([first.InstanceProfiles?.[0]?.InstanceProfileName, first.IsTruncated], ["app", true]);
  const second = await iam.call("ListInstanceProfiles", { MaxItems: 1, Marker: first.Marker });
  assert.deepEqual([second.InstanceProfiles?.[0]?.InstanceProfileName, second.IsTruncated], ["web", false]);
  const ofTeam = await iam.call("ListInstanceProfiles", { PathPrefix: "/team/" });
  assert.deepEqual(
    ofTeam.InstanceProfiles?.map((each) => each.InstanceProfileName),
    ["web"],
  );
});

test("it holds one role, which cannot be deleted meanwhile, nor can it", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateInstanceProfile", NAMED);
  await makeRole(iam);
  await makeRole(iam, "other");
  const input = { ...NAMED, RoleName: "deploy" };
  await assert.rejects(
    iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "nobody" }),
    fails("NoSuchEntity", "The role with name nobody cannot be found."),
  );
  await iam.call("AddRoleToInstanceProfile", input);
  await assert.rejects(
    iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "other" }),
    fails("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"),
  );
  const { InstanceProfile } = await iam.call("GetInstanceProfile", NAMED);
  assert.deepEqual(
    InstanceProfile?.Roles?.map((role) => role.RoleName),
    ["deploy"],
  );
  const listed = await iam.call("ListInstanceProfilesForRole", { RoleName: "deploy" });
  assert.deepEqual(
    listed.InstanceProfiles?.map((each) => each.InstanceProfileName),
    ["web"],
  );
  assert.deepEqual((await iam.call("ListInstanceProfilesForRole", { RoleName: "other" })).InstanceProfiles, []);
  const conflict = fails("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
  await assert.rejects(iam.call("DeleteInstanceProfile", NAMED), conflict);
  await assert.rejects(iam.call("DeleteRole", { RoleName: "deploy" }), conflict);
  await assert.rejects(
    iam.call("RemoveRoleFromInstanceProfile", { ...NAMED, RoleName: "other" }),
    fails("NoSuchEntity", "The role with name other cannot be found."),
  );
  await iam.call("RemoveRoleFromInstanceProfile", input);
  await iam.call("DeleteRole", { RoleName: "deploy" });
  await iam.call("DeleteInstanceProfile", NAMED);
  await assert.rejects(iam.call("GetInstanceProfile", NAMED), NO_SUCH);
});

test("adding a role needs iam:PassRole on it", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateInstanceProfile", NAMED);
  await makeRole(iam);
  const own = JSON.parse(policyText("iam:AddRoleToInstanceProfile"));
  const delegate = iam.as(userCaller("delegate", [own], HOUSE_ACCOUNT));
  await assert.rejects(
    delegate.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "deploy" }),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:PassRole",
  );
});

test("its tags are set, replaced and taken away, and tell one case from another", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateInstanceProfile", NAMED);
  const tags = async () => (await iam.call("ListInstanceProfileTags", NAMED)).Tags?.map((tag) => [tag.Key, tag.Value]);
  await iam.call("TagInstanceProfile", {
    ...NAMED,
    Tags: [
      { Key: "a", Value: "1" },
      { Key: "A", Value: "2" },
    ],
  });
  await iam.call("TagInstanceProfile", { ...NAMED, Tags: [{ Key: "a", Value: "3" }] });
  assert.deepEqual(await tags(), [
    ["A", "2"],
    ["a", "3"],
  ]);
  await iam.call("UntagInstanceProfile", { ...NAMED, TagKeys: ["A", "b"] });
  assert.deepEqual(await tags(), [["a", "3"]]);
  await assert.rejects(iam.call("ListInstanceProfileTags", { InstanceProfileName: "no" }), { code: "NoSuchEntity" });
});
