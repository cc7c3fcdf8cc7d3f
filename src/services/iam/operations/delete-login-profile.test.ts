import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("DeleteLoginProfile is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("DeleteLoginProfile", { UserName: "ada" }, "iam:DeleteLoginProfile", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("DeleteLoginProfile", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("DeleteLoginProfile finds none for any user", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(
    iam.call("DeleteLoginProfile", { UserName: "ada" }),
    fails("NoSuchEntity", "Login Profile for User ada cannot be found."),
  );
});
