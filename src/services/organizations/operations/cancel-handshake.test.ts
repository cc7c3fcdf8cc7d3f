import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("who invited takes it back, and who is invited cannot", async () => {
  const company = await openCompany();
  const HandshakeId = (await invite(company)).Handshake?.Id;
  assert.equal(await company.refused("CancelHandshake", { HandshakeId }, SECOND_ACCOUNT), "AccessDeniedException");
  assert.equal((await company.call("CancelHandshake", { HandshakeId })).Handshake?.State, "CANCELED");
  assert.equal(
    await company.refused("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT),
    "InvalidHandshakeTransitionException",
  );
  await company.close();
});
