import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { ALLOW_ALL, roleCaller, rootCaller, userCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam } from "../testing.js";

test("GetUser is refused without permission, whether the user is there or not", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetUser", { UserName: "ada" }, "iam:GetUser", `${ARN}user/ada`);
  await iam.call("CreateUser", { UserName: "ada", Path: "/team/" });
  await iam.denies("GetUser", { UserName: "ada" }, "iam:GetUser", `${ARN}user/team/ada`);
});

test("GetUser finds nobody of another account", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("GetUser", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("GetUser finds a name in whatever case and shows it as it was written", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("CreateUser", { UserName: "Ada" });
  assert.deepEqual((await iam.call("GetUser", { UserName: "aDA" })).User, User);
});

test("GetUser without a name is about the caller; a session has to name one", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const ada = iam.as(userCaller("ada", [ALLOW_ALL], HOUSE_ACCOUNT));
  assert.equal((await ada.call("GetUser", {})).User?.UserName, "ada");
  const session = iam.as(roleCaller("deploy", "ada", [ALLOW_ALL], HOUSE_ACCOUNT));
  await assert.rejects(
    session.call("GetUser", {}),
    fails("ValidationError", "Must specify userName when calling with non-User credentials"),
  );
});

test("GetUser tells a root of its account", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("GetUser", {});
  assert.deepEqual([User?.Arn, User?.UserId, User?.UserName], [`${ARN}root`, HOUSE_ACCOUNT, undefined]);
});
