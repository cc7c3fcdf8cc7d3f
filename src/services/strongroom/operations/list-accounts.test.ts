import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { NO_COSTS, noLedger } from "../testing.js";
import { listAccounts } from "./list-accounts.js";

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const list = (caller = rootCaller(HOUSE_ACCOUNT)) =>
  callOperation<{ accounts: { accountId: string }[] }>(
    listAccounts({ ...house, ledger: noLedger, services: [], costs: NO_COSTS }),
    testContext({ caller }),
    {},
  );

test("guests and users without the permission see no accounts", async () => {
  await assert.rejects(list(rootCaller(SECOND_ACCOUNT)), { code: "AccessDeniedException" });
  await assert.rejects(list(userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
});

test("the owner sees every account and no secret", async () => {
  const answer = await list();
  assert.deepEqual(
    answer.accounts.map((account) => account.accountId),
    [HOUSE_ACCOUNT, SECOND_ACCOUNT],
  );
  assert.equal(JSON.stringify(answer).includes(house.rootKey.secret), false);
});
