import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("ListGroupsForUser is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListGroupsForUser", { UserName: "ada" }, "iam:ListGroupsForUser", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("ListGroupsForUser", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("ListGroupsForUser pages through the groups that the user is in, and no others", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  for (const GroupName of ["c", "b", "a"]) {
    await iam.call("CreateGroup", { GroupName });
    if (GroupName !== "b") await iam.call("AddUserToGroup", { GroupName, UserName: "ada" });
  }
  const first = await iam.call("ListGroupsForUser", { UserName: "ada", MaxItems: 1 });
  assert.deepEqual([first.Groups?.map((group) => group.GroupName), first.IsTruncated], [["a"], true]);
  const second = await iam.call("ListGroupsForUser", { UserName: "ada", Marker: first.Marker });
  assert.deepEqual([second.Groups?.map((group) => group.GroupName), second.IsTruncated], [["c"], false]);
});
