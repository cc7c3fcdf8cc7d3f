import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { directory } from "../../../identity/index.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { NO_COSTS, noLedger } from "../testing.js";
import { createAccountOperation } from "./create-account.js";

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const create = (caller = rootCaller(HOUSE_ACCOUNT), input: object = { name: "team" }) =>
  callOperation<Record<string, string>>(
    createAccountOperation({ ...house, ledger: noLedger, services: [], costs: NO_COSTS }),
    testContext({ caller }),
    input,
  );

test("a guest account, and a user without the permission, may not make accounts", async () => {
  await assert.rejects(create(rootCaller(SECOND_ACCOUNT)), /Only the account that owns this house/);
  await assert.rejects(create(userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
  const count = (await house.database.read((tx) => directory.accounts(tx))).length;
  assert.equal(count, 2);
});

test("a name must be text of a bounded length", async () => {
  for (const input of [{}, { name: "" }, { name: 7 }, { name: "x".repeat(51) }])
    await assert.rejects(create(undefined, input), { code: "ValidationException" });
});

test("a new account has root credentials that are its own", async () => {
  const made = await create(userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT));
  assert.match(made["accountId"] ?? "", /^\d{12}$/);
  const credential = await house.identity.callerOf(made["accessKeyId"] ?? "", undefined);
  assert.ok(credential.found);
  assert.equal(credential.secret, made["secretAccessKey"]);
  assert.equal(credential.caller.account, made["accountId"]);
});
