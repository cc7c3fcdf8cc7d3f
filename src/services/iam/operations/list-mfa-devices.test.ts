import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("ListMFADevices is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListMFADevices", { UserName: "ada" }, "iam:ListMFADevices", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("ListMFADevices", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("ListMFADevices is an empty list for a user without one", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  assert.deepEqual(await iam.raw("ListMFADevices", { UserName: "ada" }), { MFADevices: [], IsTruncated: false });
});
