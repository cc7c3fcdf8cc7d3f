import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Caller, mfaDevices, stepAt, totpCode } from "../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { allows, openSts, type StsBench, trusts } from "./testing.js";

const SerialNumber = `arn:aws:iam::${HOUSE_ACCOUNT}:mfa/phone`;
const SEED = Buffer.alloc(20, 7);
const WRONG = /invalid MFA one time pass code/;

/** Ada with a device. */
async function openAda(t: TestContext): Promise<{ sts: StsBench; ada: Caller; code(): string }> {
  const sts = await openSts(t);
  const ada = await sts.user("ada", [allows("sts:*")]);
  const owned = { account: HOUSE_ACCOUNT, name: "phone", path: "/", ownerId: ada.userId, serial: SerialNumber };
  const device = { ...owned, seed: SEED.toString("base64"), enabledMs: 1, offset: 0, lastStep: 0, tags: [] };
  await sts.house.database.write((tx) => mfaDevices.insert(tx, device));
  return { sts, ada, code: () => totpCode(SEED, stepAt(sts.house.clock.nowMs())) };
}

test("a code of the caller's own device makes the session one with MFA, and counts once", async (t) => {
  const { sts, ada, code } = await openAda(t);
  const without = await sts.callerOf((await sts.as(ada).call("GetSessionToken", {})).Credentials);
  assert.deepEqual([without.values.get("aws:multifactorauthpresent"), without.session?.mfaAt], ["false", undefined]);
  const input = { SerialNumber, TokenCode: code() };
  const caller = await sts.callerOf((await sts.as(ada).call("GetSessionToken", input)).Credentials);
  assert.equal(caller.values.get("aws:multifactorauthpresent"), "true");
  assert.deepEqual(caller.session?.mfaAt, sts.house.clock.now());
  await assert.rejects(sts.as(ada).call("GetSessionToken", input), { code: "AccessDenied", message: WRONG });
});

test("a wrong code, half of the pair, and somebody else's device are refused", async (t) => {
  const { sts, ada, code } = await openAda(t);
  const refused = (who: Caller, input: object, message: RegExp) =>
    assert.rejects(sts.as(who).call("GetSessionToken", input), { code: "AccessDenied", message });
  const wrong = code() === "000000" ? "000001" : "000000";
  await refused(ada, { SerialNumber, TokenCode: wrong }, WRONG);
  await refused(ada, { SerialNumber }, /must provide both/);
  await refused(ada, { TokenCode: code() }, /must provide both/);
  const bob = await sts.user("bob", [allows("sts:*")]);
  await refused(bob, { SerialNumber, TokenCode: code() }, /unable to validate MFA code/);
});

test("a trust policy that asks for MFA lets in who brings a code, and the role's session has it", async (t) => {
  const { sts, ada, code } = await openAda(t);
  const Condition = {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": "60" },
  };
  const { Version, Statement } = trusts({ AWS: HOUSE_ACCOUNT }) as { Version: string; Statement: object[] }; // as it makes them
  const trust = { Version, Statement: Statement.map((statement) => ({ ...statement, Condition })) };
  await sts.role("deploy", trust);
  const role = { RoleArn: `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`, RoleSessionName: "night" };
  await assert.rejects(sts.as(ada).call("AssumeRole", role));
  const input = { ...role, SerialNumber, TokenCode: code() };
  const { Credentials } = await sts.as(ada).call("AssumeRole", input);
  assert.equal((await sts.callerOf(Credentials)).values.get("aws:multifactorauthpresent"), "true");
  await assert.rejects(sts.as(ada).call("AssumeRole", input), { code: "AccessDenied", message: WRONG });
});
