import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { allows, openSts, trusts } from "../testing.js";

test("a session asks for no session token", async (t) => {
  const sts = await openSts(t);
  await sts.role("deploy", trusts({ AWS: HOUSE_ACCOUNT }));
  const ada = sts.as(await sts.user("ada", [allows("sts:*")]));
  const RoleArn = `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`;
  const { Credentials } = await ada.call("AssumeRole", { RoleArn, RoleSessionName: "night" });
  const session = sts.as(await sts.callerOf(Credentials));
  await assert.rejects(session.call("GetSessionToken", {}), { code: "AccessDenied" });
});

test("GetSessionToken's credentials are the user's for twelve hours, or as long as was asked", async (t) => {
  const sts = await openSts(t);
  const ada = await sts.user("ada", [allows("s3:*")]);
  const { Credentials } = await sts.as(ada).call("GetSessionToken", {});
  assert.equal(Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 12 * 3600_000);
  const caller = await sts.callerOf(Credentials);
  assert.deepEqual([caller.principal, caller.userId], [ada.principal, ada.userId]);
  assert.equal(caller.values.get("aws:tokenissuetime"), "2026-11-21T09:00:00Z");
  const short = await sts.as(ada).call("GetSessionToken", { DurationSeconds: 900 });
  assert.equal(short.Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 900_000);
});

test("a root's session lasts an hour at most", async (t) => {
  const sts = await openSts(t);
  const { Credentials } = await sts.call("GetSessionToken", { DurationSeconds: 7200 });
  assert.equal(Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 3600_000);
  assert.equal((await sts.callerOf(Credentials)).principal.kind, "root");
});

test("such credentials can do no more here than assume a role and ask who they are", async (t) => {
  const sts = await openSts(t);
  const ada = await sts.user("ada", [allows("sts:*")]);
  const { Credentials } = await sts.as(ada).call("GetSessionToken", {});
  const session = sts.as(await sts.callerOf(Credentials));
  await session.call("GetCallerIdentity", {});
  await assert.rejects(session.call("GetSessionToken", {}), { code: "InvalidClientTokenId" });
  await assert.rejects(session.call("GetFederationToken", { Name: "bob" }), { code: "InvalidClientTokenId" });
});

test("GetSessionToken's record holds neither secret nor token", async (t) => {
  const sts = await openSts(t);
  const output = await sts.call("GetSessionToken", {});
  const record = JSON.stringify(sts.recorded("GetSessionToken", output));
  assert.equal(record.includes(output.Credentials?.AccessKeyId ?? "?"), true);
  for (const hidden of [output.Credentials?.SecretAccessKey, output.Credentials?.SessionToken])
    assert.equal(record.includes(hidden ?? ""), false);
});
