import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller, userCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("CreateUser is refused without permission, on the ARN that would be made", async (t) => {
  const iam = await openIam(t);
  await iam.denies("CreateUser", { UserName: "ada", Path: "/team/" }, "iam:CreateUser", `${ARN}user/team/ada`);
});

test("CreateUser with tags needs iam:TagUser too", async (t) => {
  const iam = await openIam(t);
  const policy = JSON.parse(policyText("iam:CreateUser"));
  const delegate = iam.as(userCaller("delegate", [policy], HOUSE_ACCOUNT));
  await assert.rejects(
    delegate.call("CreateUser", { UserName: "ada", Tags: [{ Key: "a", Value: "1" }] }),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:TagUser",
  );
  await delegate.call("CreateUser", { UserName: "ada" });
});

test("CreateUser refuses a name that differs in case alone; another account may have it", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "Ada" });
  await assert.rejects(
    iam.call("CreateUser", { UserName: "ada" }),
    fails("EntityAlreadyExists", "User with name ada already exists."),
  );
  const { User } = await iam.as(rootCaller(SECOND_ACCOUNT)).call("CreateUser", { UserName: "ada" });
  assert.equal(User?.Arn, "arn:aws:iam::444455556666:user/ada");
});

test("CreateUser refuses a boundary that does not exist and makes no user", async (t) => {
  const iam = await openIam(t);
  const arn = `${ARN}policy/limit`;
  await assert.rejects(
    iam.call("CreateUser", { UserName: "ada", PermissionsBoundary: arn }),
    fails("NoSuchEntity", `Scope ARN: ${arn} does not exist or is not attachable.`),
  );
  assert.deepEqual((await iam.call("ListUsers", {})).Users, []);
});

test("CreateUser shows what it made, tags where there are some", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("CreateUser", {
    UserName: "ada",
    Path: "/team/",
    Tags: [{ Key: "Stage", Value: "" }],
  });
  assert.match(User?.UserId ?? "", /^AIDA[A-Z2-7]{17}$/);
  assert.deepEqual(User, {
    Path: "/team/",
    UserName: "ada",
    UserId: User?.UserId,
    Arn: `${ARN}user/team/ada`,
    CreateDate: iam.house.clock.now(),
    Tags: [{ Key: "Stage", Value: "" }],
  });
  assert.equal("Tags" in ((await iam.call("CreateUser", { UserName: "bob" })).User ?? {}), false);
});

test("CreateUser's record shows the user", async (t) => {
  const iam = await openIam(t);
  const output = await iam.call("CreateUser", { UserName: "ada" });
  assert.deepEqual(iam.recorded("CreateUser", output), {
    user: {
      path: "/",
      userName: "ada",
      userId: output.User?.UserId,
      arn: `${ARN}user/ada`,
      createDate: "Nov 21, 2026, 9:00:00 AM",
    },
  });
});
