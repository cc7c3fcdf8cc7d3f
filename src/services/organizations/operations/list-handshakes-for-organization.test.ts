import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("an organization sees what it sent", async () => {
  const company = await openCompany();
  const sent = (await invite(company)).Handshake?.Id;
  const { Handshakes = [] } = await company.call("ListHandshakesForOrganization");
  assert.deepEqual(
    Handshakes.map(({ Id }) => Id),
    [sent],
  );
  assert.equal(
    await company.refused("ListHandshakesForOrganization", {}, SECOND_ACCOUNT),
    "AWSOrganizationsNotInUseException",
  );
  await company.close();
});
