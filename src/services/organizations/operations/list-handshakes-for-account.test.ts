import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("an account sees what it was sent, for a month after it is over", async () => {
  const company = await openCompany();
  const sent = (await invite(company)).Handshake?.Id;
  const listed = async (more = {}) =>
    (await company.call("ListHandshakesForAccount", more, SECOND_ACCOUNT)).Handshakes?.map(({ Id }) => Id);
  assert.deepEqual(await listed(), [sent]);
  assert.deepEqual(await listed({ Filter: { ActionType: "ENABLE_ALL_FEATURES" } }), []);
  assert.deepEqual((await company.call("ListHandshakesForAccount")).Handshakes, []);
  company.clock.advance(44 * 86_400_000);
  assert.deepEqual(await listed(), [sent]);
  company.clock.advance(86_400_000);
  assert.deepEqual(await listed(), []);
  await company.close();
});
