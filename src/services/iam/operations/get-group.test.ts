import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("GetGroup is refused without permission, and no group is found that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetGroup", { GroupName: "team" }, "iam:GetGroup", `${ARN}group/team`);
  await assert.rejects(
    iam.call("GetGroup", { GroupName: "team" }),
    fails("NoSuchEntity", "The group with name team cannot be found."),
  );
});

test("GetGroup pages through its members, and shows nobody else", async (t) => {
  const iam = await openIam(t);
  const { Group } = await iam.call("CreateGroup", { GroupName: "team" });
  assert.deepEqual(await iam.raw("GetGroup", { GroupName: "team" }), { Group, Users: [], IsTruncated: false });
  for (const UserName of ["carol", "ada", "bob"]) {
    await iam.call("CreateUser", { UserName });
    if (UserName !== "bob") await iam.call("AddUserToGroup", { GroupName: "team", UserName });
  }
  const first = await iam.call("GetGroup", { GroupName: "team", MaxItems: 1 });
  assert.deepEqual([first.Users?.map((user) => user.UserName), first.IsTruncated], [["ada"], true]);
  const second = await iam.call("GetGroup", { GroupName: "team", Marker: first.Marker });
  assert.deepEqual([second.Users?.map((user) => user.UserName), second.IsTruncated], [["carol"], false]);
});
