import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { NO_COSTS, noLedger } from "../testing.js";
import { explainOperation } from "./explain.js";

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

interface Explained {
  readonly decision: { readonly allowed: boolean };
  readonly lines: readonly string[];
}

const ROOT = `arn:aws:iam::${HOUSE_ACCOUNT}:root`;

const explain = (input: object, caller = rootCaller(HOUSE_ACCOUNT)) =>
  callOperation<Explained>(
    explainOperation({ ...house, ledger: noLedger, services: [], costs: NO_COSTS }),
    testContext({ caller }),
    input,
  );

test("only who may ask is told, and nobody is told of another account's principals", async () => {
  const question = { principalArn: ROOT, action: "iam:ListUsers", resource: "*" };
  await assert.rejects(explain(question, userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
  await assert.rejects(explain(question, rootCaller(SECOND_ACCOUNT)), { code: "ValidationException" });
  await assert.rejects(
    explain({ ...question, principalArn: `arn:aws:iam::${HOUSE_ACCOUNT}:user/ghost` }),
    /There is no principal/,
  );
});

test("a question that is not one is refused", async () => {
  const good = { principalArn: ROOT, action: "iam:ListUsers", resource: "*" };
  const bad = [
    { ...good, action: "" },
    { ...good, resource: undefined },
    { ...good, context: { a: 1 } },
    { ...good, context: "a" },
  ];
  for (const input of bad) await assert.rejects(explain(input), { code: "ValidationException" });
});

test("the answer says what was decided and why", async () => {
  const answer = await explain(
    { principalArn: ROOT, action: "iam:ListUsers", resource: "*" },
    userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT),
  );
  assert.equal(answer.decision.allowed, true);
  assert.match(answer.lines.at(-1) ?? "", /^allowed by/);
});
