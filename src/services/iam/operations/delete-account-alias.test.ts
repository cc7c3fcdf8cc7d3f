import assert from "node:assert/strict";
import { test } from "node:test";

import { fails, openIam } from "../testing.js";

test("DeleteAccountAlias is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("DeleteAccountAlias", { AccountAlias: "house" }, "iam:DeleteAccountAlias", "*");
});

test("DeleteAccountAlias deletes the account's alias and no other", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateAccountAlias", { AccountAlias: "ours" });
  await assert.rejects(
    iam.call("DeleteAccountAlias", { AccountAlias: "other" }),
    fails("NoSuchEntity", "The account alias other cannot be found."),
  );
  await iam.call("DeleteAccountAlias", { AccountAlias: "ours" });
  assert.deepEqual((await iam.call("ListAccountAliases", {})).AccountAliases, []);
});
