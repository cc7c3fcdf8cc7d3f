import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("CreateGroup is refused without permission, on the ARN that would be made", async (t) => {
  const iam = await openIam(t);
  await iam.denies("CreateGroup", { GroupName: "team", Path: "/a/" }, "iam:CreateGroup", `${ARN}group/a/team`);
});

test("CreateGroup refuses a name that differs in case alone", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "Team" });
  await assert.rejects(
    iam.call("CreateGroup", { GroupName: "team" }),
    fails("EntityAlreadyExists", "Group with name team already exists."),
  );
});

test("CreateGroup shows what it made; a user may have the same name", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "team" });
  const { Group } = await iam.call("CreateGroup", { GroupName: "team" });
  assert.match(Group?.GroupId ?? "", /^AGPA[A-Z2-7]{17}$/);
  const CreateDate = iam.house.clock.now();
  assert.deepEqual(Group, {
    Path: "/",
    GroupName: "team",
    GroupId: Group?.GroupId,
    Arn: `${ARN}group/team`,
    CreateDate,
  });
});
