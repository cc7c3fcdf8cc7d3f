import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { NO_COSTS, noLedger } from "../testing.js";
import { getCostReport } from "./get-cost-report.js";

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const report = (caller = rootCaller(HOUSE_ACCOUNT), input: object = {}) =>
  callOperation(
    getCostReport({ ...house, services: [], ledger: noLedger, costs: NO_COSTS }),
    testContext({ caller }),
    input,
  );

test("the caller's own account and the month that it is, unless told otherwise", async () => {
  assert.deepEqual(await report(), { accountId: HOUSE_ACCOUNT, month: "2026-11" });
  assert.deepEqual(await report(rootCaller(SECOND_ACCOUNT)), { accountId: SECOND_ACCOUNT, month: "2026-11" });
  const input = { accountId: SECOND_ACCOUNT, month: "2026-10" };
  assert.deepEqual(await report(userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT), input), input);
});

test("guests see no other account's costs; without the permission nobody sees any", async () => {
  await assert.rejects(report(rootCaller(SECOND_ACCOUNT), { accountId: HOUSE_ACCOUNT }), /Only the account that owns/);
  await assert.rejects(report(userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
});

test("what is no month and no account is refused", async () => {
  for (const input of [{ month: 11 }, { month: "" }, { month: "2026-111" }, { accountId: "12" }, { accountId: {} }])
    await assert.rejects(report(undefined, input), { code: "ValidationException" });
});
