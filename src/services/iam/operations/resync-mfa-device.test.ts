import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, enableDevice, SERIAL } from "../mfa-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const INPUT = { UserName: "ada", SerialNumber: SERIAL, AuthenticationCode1: "000000", AuthenticationCode2: "000000" };

guarded("ResyncMFADevice", INPUT, `${ARN}user/ada`);

test("ResyncMFADevice takes newer codes of the user's own device, used ones never", async (t) => {
  const iam = await openIam(t);
  await enableDevice(iam);
  const resync = async (from: number) => {
    const [AuthenticationCode1, AuthenticationCode2] = await codes(iam, from);
    return iam.call("ResyncMFADevice", { ...INPUT, AuthenticationCode1, AuthenticationCode2 });
  };
  await assert.rejects(resync(-1), { code: "InvalidAuthenticationCode" });
  await resync(5);
  await iam.call("CreateUser", { UserName: "bob" });
  await assert.rejects(
    iam.call("ResyncMFADevice", { ...INPUT, UserName: "bob" }),
    fails("NoSuchEntity", "MFA Device invalid for user."),
  );
});
