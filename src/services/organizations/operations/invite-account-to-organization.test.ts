import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("an account of the house is invited once, by number or address, for fifteen days", async () => {
  const company = await openCompany();
  const Target = { Type: "ACCOUNT", Id: SECOND_ACCOUNT };
  const { Handshake } = await company.call("InviteAccountToOrganization", { Target, Notes: "come" });
  assert.equal(Handshake?.State, "OPEN");
  assert.equal(Handshake?.Action, "INVITE");
  assert.deepEqual(Handshake?.Parties, [
    { Id: company.organization, Type: "ORGANIZATION" },
    { Id: SECOND_ACCOUNT, Type: "ACCOUNT" },
  ]);
  const days = (Number(Handshake?.ExpirationTimestamp) - Number(Handshake?.RequestedTimestamp)) / 86_400_000;
  assert.equal(days, 15);
  const refused = (Type: string, Id: string) =>
    company.refused("InviteAccountToOrganization", { Target: { Type, Id } });
  assert.equal(await refused("ACCOUNT", SECOND_ACCOUNT), "DuplicateHandshakeException");
  assert.equal(await refused("ACCOUNT", "999999999999"), "AccountNotFoundException");
  assert.equal(await refused("EMAIL", "nobody@example.com"), "AccountNotFoundException");
  assert.equal(await refused("ORGANIZATION", "o-0000000000"), "InvalidInputException INVALID_PARTY_TYPE_TARGET");
  await company.account("dev");
  assert.equal(
    await refused("EMAIL", "dev@example.com"),
    "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION",
  );
  await company.close();
});
