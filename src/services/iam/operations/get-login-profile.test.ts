import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("GetLoginProfile is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetLoginProfile", { UserName: "ada" }, "iam:GetLoginProfile", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("GetLoginProfile", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("GetLoginProfile finds none for any user", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(
    iam.call("GetLoginProfile", { UserName: "ada" }),
    fails("NoSuchEntity", "Login Profile for User ada cannot be found."),
  );
});
