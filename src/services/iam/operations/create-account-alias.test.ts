import assert from "node:assert/strict";
import { test } from "node:test";

import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { fails, openIam } from "../testing.js";

test("CreateAccountAlias is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("CreateAccountAlias", { AccountAlias: "house" }, "iam:CreateAccountAlias", "*");
});

test("CreateAccountAlias refuses another account's alias and replaces the own one", async (t) => {
  const iam = await openIam(t);
  await iam.as(rootCaller(SECOND_ACCOUNT)).call("CreateAccountAlias", { AccountAlias: "theirs" });
  await assert.rejects(
    iam.call("CreateAccountAlias", { AccountAlias: "theirs" }),
    fails("EntityAlreadyExists", "The account alias theirs already exists."),
  );
  await iam.call("CreateAccountAlias", { AccountAlias: "first" });
  await iam.call("CreateAccountAlias", { AccountAlias: "second" });
  assert.deepEqual((await iam.call("ListAccountAliases", {})).AccountAliases, ["second"]);
});
