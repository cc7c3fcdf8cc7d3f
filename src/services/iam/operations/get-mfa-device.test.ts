import assert from "node:assert/strict";
import { test } from "node:test";
import { enableDevice, makeDevice, SERIAL } from "../mfa-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("GetMFADevice", { SerialNumber: SERIAL }, `${ARN}user/ada`, enableDevice);
guarded("GetMFADevice", { SerialNumber: SERIAL, UserName: "bob" }, `${ARN}user/bob`, enableDevice);
guarded("GetMFADevice", { SerialNumber: SERIAL }, "*", makeDevice);

test("GetMFADevice tells whose device it is and since when", async (t) => {
  const iam = await openIam(t);
  await enableDevice(iam);
  const shown = { UserName: "ada", SerialNumber: SERIAL, EnableDate: iam.house.clock.now() };
  assert.deepEqual(await iam.call("GetMFADevice", { SerialNumber: SERIAL }), shown);
  assert.deepEqual(await iam.call("GetMFADevice", { SerialNumber: SERIAL, UserName: "ada" }), shown);
});

test("a device that nobody has is told by its number alone; none and somebody else's are not there", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("GetMFADevice", { SerialNumber: SERIAL }),
    fails("NoSuchEntity", `VirtualMFADevice with serial number ${SERIAL} does not exist.`),
  );
  await makeDevice(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  assert.deepEqual(await iam.call("GetMFADevice", { SerialNumber: SERIAL }), { SerialNumber: SERIAL });
  await assert.rejects(
    iam.call("GetMFADevice", { SerialNumber: SERIAL, UserName: "bob" }),
    fails("NoSuchEntity", "MFA Device invalid for user."),
  );
});
