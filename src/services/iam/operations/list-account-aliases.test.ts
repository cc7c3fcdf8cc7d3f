import assert from "node:assert/strict";
import { test } from "node:test";

import { openIam } from "../testing.js";

test("ListAccountAliases is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListAccountAliases", {}, "iam:ListAccountAliases", "*");
});

test("ListAccountAliases shows the one alias or none", async (t) => {
  const iam = await openIam(t);
  assert.deepEqual((await iam.call("ListAccountAliases", {})).AccountAliases, []);
  await iam.call("CreateAccountAlias", { AccountAlias: "our-house" });
  assert.deepEqual((await iam.call("ListAccountAliases", {})).AccountAliases, ["our-house"]);
});
