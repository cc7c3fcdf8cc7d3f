import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { ALLOW_ALL, roleCaller, userCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam } from "../testing.js";

test("CreateAccessKey is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("CreateAccessKey", { UserName: "ada" }, "iam:CreateAccessKey", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("CreateAccessKey", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("CreateAccessKey makes a key that is accepted and belongs to the user", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const credential = await iam.house.identity.callerOf(AccessKey?.AccessKeyId ?? "", undefined);
  assert.ok(credential.found);
  assert.equal(credential.secret, AccessKey?.SecretAccessKey);
  assert.equal(credential.caller.principal.arn, `${ARN}user/ada`);
  assert.match(AccessKey?.AccessKeyId ?? "", /^AKIA[A-Z2-7]{16}$/);
  assert.match(AccessKey?.SecretAccessKey ?? "", /^[A-Za-z0-9+/]{40}$/);
});

test("CreateAccessKey makes no third key", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateAccessKey", { UserName: "ada" });
  await iam.call("CreateAccessKey", { UserName: "ada" });
  await assert.rejects(
    iam.call("CreateAccessKey", { UserName: "ada" }),
    fails("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"),
  );
});

test("CreateAccessKey without a name is for the caller: a user, a root; not a session", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const own = await iam.as(userCaller("ada", [ALLOW_ALL], HOUSE_ACCOUNT)).call("CreateAccessKey", {});
  assert.equal(own.AccessKey?.UserName, "ada");
  const root = await iam.call("CreateAccessKey", {});
  const credential = await iam.house.identity.callerOf(root.AccessKey?.AccessKeyId ?? "", undefined);
  assert.equal(credential.found && credential.caller.principal.kind, "root");
  const session = iam.as(roleCaller("deploy", "ada", [ALLOW_ALL], HOUSE_ACCOUNT));
  await assert.rejects(session.call("CreateAccessKey", {}), { code: "ValidationError" });
});

test("CreateAccessKey's record never holds the secret", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const output = await iam.call("CreateAccessKey", { UserName: "ada" });
  const record = JSON.stringify(iam.recorded("CreateAccessKey", output));
  assert.equal(record.includes(output.AccessKey?.SecretAccessKey ?? "?"), false);
  assert.equal(/secret/i.test(record), false);
  assert.equal(record.includes(output.AccessKey?.AccessKeyId ?? "?"), true);
});
