import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("UpdateGroup must be allowed at the old ARN and at the new one", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "ada" });
  await iam.denies("UpdateGroup", { GroupName: "ada", NewGroupName: "eve" }, "iam:UpdateGroup", `${ARN}group/ada`);
  const policy = JSON.parse(policyText("iam:UpdateGroup", `${ARN}group/ada`));
  const delegate = iam.as(userCaller("delegate", [policy], HOUSE_ACCOUNT));
  await assert.rejects(
    delegate.call("UpdateGroup", { GroupName: "ada", NewGroupName: "eve" }),
    (thrown: { check?: { resource: string } }) => thrown.check?.resource === `${ARN}group/eve`,
  );
});

test("UpdateGroup refuses a name that is taken", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "ada" });
  await iam.call("CreateGroup", { GroupName: "bob" });
  await assert.rejects(
    iam.call("UpdateGroup", { GroupName: "ada", NewGroupName: "BOB" }),
    fails("EntityAlreadyExists", "Group with name BOB already exists."),
  );
  await assert.rejects(
    iam.call("UpdateGroup", { GroupName: "nobody" }),
    fails("NoSuchEntity", "The group with name nobody cannot be found."),
  );
});

test("UpdateGroup changes name, path and ARN and keeps the unique id; the old name is free again", async (t) => {
  const iam = await openIam(t);
  const made = await iam.call("CreateGroup", { GroupName: "ada" });
  await iam.call("UpdateGroup", { GroupName: "ada", NewGroupName: "Eve", NewPath: "/team/" });
  const { Group: got } = await iam.call("GetGroup", { GroupName: "eve" });
  assert.deepEqual(got, { ...made.Group, GroupName: "Eve", Path: "/team/", Arn: `${ARN}group/team/Eve` });
  await iam.call("CreateGroup", { GroupName: "ada" });
});

test("UpdateGroup may change the case of a name", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "ada" });
  await iam.call("UpdateGroup", { GroupName: "ada", NewGroupName: "ADA" });
  assert.equal((await iam.call("GetGroup", { GroupName: "ada" })).Group?.GroupName, "ADA");
});
