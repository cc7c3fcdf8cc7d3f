import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { NO_COSTS, noLedger } from "../testing.js";
import { getScrubReport } from "./get-scrub-report.js";
import { startScrub } from "./start-scrub.js";

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

const asked: Date[] = [];
let isOn = true;
const scrub = {
  report: async () => ({ asked: asked.length }),
  request: async (now: Date) => isOn && asked.push(now) > 0,
};

const call = (operation: typeof startScrub | typeof getScrubReport, caller = rootCaller(HOUSE_ACCOUNT)) =>
  callOperation(
    operation({ ...house, services: [], ledger: noLedger, costs: NO_COSTS, scrub }),
    testContext({ caller }),
    {},
  );

test("the house's owner starts a round and sees the report", async () => {
  assert.deepEqual(await call(getScrubReport), { asked: 0 });
  assert.deepEqual(await call(startScrub, userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT)), { asked: 1 });
});

test("guests, and users without the permission, neither start one nor see names of damaged objects", async () => {
  for (const operation of [startScrub, getScrubReport]) {
    await assert.rejects(call(operation, rootCaller(SECOND_ACCOUNT)), { code: "AccessDeniedException" });
    await assert.rejects(call(operation, userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
  }
  assert.equal(asked.length, 1);
});

test("where scrubbing is off it is not started, and says so", async () => {
  isOn = false;
  await assert.rejects(call(startScrub), { code: "ValidationException", message: /switched off/ });
});
