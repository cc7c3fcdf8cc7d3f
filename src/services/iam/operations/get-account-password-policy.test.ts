import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { fails, guarded, openIam } from "../testing.js";

guarded("GetAccountPasswordPolicy", {}, "*");

test("GetAccountPasswordPolicy finds none before one is set, and none of another account", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("GetAccountPasswordPolicy", {}),
    fails("NoSuchEntity", `The Password Policy with domain name ${HOUSE_ACCOUNT} cannot be found.`),
  );
  await iam.as(rootCaller(SECOND_ACCOUNT)).call("UpdateAccountPasswordPolicy", {});
  await assert.rejects(iam.call("GetAccountPasswordPolicy", {}), { code: "NoSuchEntity" });
});
