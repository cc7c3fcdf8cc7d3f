import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("UpdateUser must be allowed at the old ARN and at the new one", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.denies("UpdateUser", { UserName: "ada", NewUserName: "eve" }, "iam:UpdateUser", `${ARN}user/ada`);
  const policy = JSON.parse(policyText("iam:UpdateUser", `${ARN}user/ada`));
  const delegate = iam.as(userCaller("delegate", [policy], HOUSE_ACCOUNT));
  await assert.rejects(
    delegate.call("UpdateUser", { UserName: "ada", NewUserName: "eve" }),
    (thrown: { check?: { resource: string } }) => thrown.check?.resource === `${ARN}user/eve`,
  );
});

test("UpdateUser refuses a name that is taken", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateUser", { UserName: "bob" });
  await assert.rejects(
    iam.call("UpdateUser", { UserName: "ada", NewUserName: "BOB" }),
    fails("EntityAlreadyExists", "User with name BOB already exists."),
  );
  await assert.rejects(
    iam.call("UpdateUser", { UserName: "nobody" }),
    fails("NoSuchEntity", "The user with name nobody cannot be found."),
  );
});

test("UpdateUser changes name, path and ARN and keeps the unique id; the old name is free again", async (t) => {
  const iam = await openIam(t);
  const made = await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("UpdateUser", { UserName: "ada", NewUserName: "Eve", NewPath: "/team/" });
  const { User: got } = await iam.call("GetUser", { UserName: "eve" });
  assert.deepEqual(got, { ...made.User, UserName: "Eve", Path: "/team/", Arn: `${ARN}user/team/Eve` });
  await iam.call("CreateUser", { UserName: "ada" });
});

test("UpdateUser may change the case of a name", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("UpdateUser", { UserName: "ada", NewUserName: "ADA" });
  assert.equal((await iam.call("GetUser", { UserName: "ada" })).User?.UserName, "ADA");
});
