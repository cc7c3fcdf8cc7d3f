import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { fails, openIam } from "../testing.js";

test("GetAccountPasswordPolicy is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetAccountPasswordPolicy", {}, "iam:GetAccountPasswordPolicy", "*");
});

test("GetAccountPasswordPolicy finds none", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("GetAccountPasswordPolicy", {}),
    fails("NoSuchEntity", `The Password Policy with domain name ${HOUSE_ACCOUNT} cannot be found.`),
  );
});
