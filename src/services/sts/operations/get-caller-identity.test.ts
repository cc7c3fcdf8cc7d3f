import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { allows, openSts, trusts } from "../testing.js";

const DENY_ALL = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] };

test("GetCallerIdentity cannot be denied", async (t) => {
  const sts = await openSts(t);
  const ada = await sts.user("ada", [DENY_ALL]);
  assert.deepEqual(await sts.as(ada).call("GetCallerIdentity", {}), {
    UserId: ada.userId,
    Account: HOUSE_ACCOUNT,
    Arn: `arn:aws:iam::${HOUSE_ACCOUNT}:user/ada`,
  });
});

test("GetCallerIdentity tells a root its account, and a session its name", async (t) => {
  const sts = await openSts(t);
  const root = await sts.call("GetCallerIdentity", {});
  assert.deepEqual(root, { UserId: HOUSE_ACCOUNT, Account: HOUSE_ACCOUNT, Arn: `arn:aws:iam::${HOUSE_ACCOUNT}:root` });
  const role = await sts.role("deploy", trusts({ AWS: HOUSE_ACCOUNT }), { path: "/team/" });
  const ada = await sts.user("ada", [allows("sts:AssumeRole")]);
  const RoleArn = `arn:aws:iam::${HOUSE_ACCOUNT}:role/team/deploy`;
  const { Credentials } = await sts.as(ada).call("AssumeRole", { RoleArn, RoleSessionName: "night" });
  const session = await sts.as(await sts.callerOf(Credentials)).call("GetCallerIdentity", {});
  assert.deepEqual(session, {
    UserId: `${role.id}:night`,
    Account: HOUSE_ACCOUNT,
    Arn: `arn:aws:sts::${HOUSE_ACCOUNT}:assumed-role/deploy/night`,
  });
});
