import assert from "node:assert/strict";
import { test } from "node:test";
import { authorityCases, conditionCases, told } from "./cases.js";
import { authorityVerdict, conditionVerdict } from "./engine.js";

for (const [name, cases] of authorityCases) {
  test(`engine: ${name}, ${cases.length} cases`, () => {
    for (const each of cases) assert.equal(authorityVerdict(each), each.expect, told(each));
  });
}

test(`engine: ${conditionCases.length} conditions`, () => {
  for (const each of conditionCases) assert.equal(conditionVerdict(each), each.expect, told(each));
});
