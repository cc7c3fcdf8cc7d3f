import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, guarded, openIam } from "../testing.js";

guarded("DeleteAccountPasswordPolicy", {}, "*");

test("DeleteAccountPasswordPolicy takes it away once", async (t) => {
  const iam = await openIam(t);
  await iam.call("UpdateAccountPasswordPolicy", {});
  await iam.call("DeleteAccountPasswordPolicy", {});
  await assert.rejects(
    iam.call("DeleteAccountPasswordPolicy", {}),
    fails("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found."),
  );
});
