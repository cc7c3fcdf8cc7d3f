import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

const input = { GroupName: "team", UserName: "ada" };

test("RemoveUserFromGroup is refused without permission on the group", async (t) => {
  const iam = await openIam(t);
  await iam.denies("RemoveUserFromGroup", input, "iam:RemoveUserFromGroup", `${ARN}group/team`);
});

test("RemoveUserFromGroup finds neither group nor user that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "team" });
  await assert.rejects(
    iam.call("RemoveUserFromGroup", input),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
  await assert.rejects(
    iam.call("RemoveUserFromGroup", { ...input, GroupName: "none" }),
    fails("NoSuchEntity", "The group with name none cannot be found."),
  );
});

test("RemoveUserFromGroup ends the membership, and does not mind when there is none", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "team" });
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("AddUserToGroup", input);
  await iam.call("RemoveUserFromGroup", input);
  await iam.call("RemoveUserFromGroup", input);
  assert.deepEqual((await iam.call("GetGroup", { GroupName: "team" })).Users, []);
});
