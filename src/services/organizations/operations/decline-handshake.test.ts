import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("who is invited says no, and may be asked again", async () => {
  const company = await openCompany();
  const HandshakeId = (await invite(company)).Handshake?.Id;
  assert.equal(await company.refused("DeclineHandshake", { HandshakeId }), "AccessDeniedException");
  const { Handshake } = await company.call("DeclineHandshake", { HandshakeId }, SECOND_ACCOUNT);
  assert.equal(Handshake?.State, "DECLINED");
  assert.equal(
    await company.refused("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT),
    "InvalidHandshakeTransitionException",
  );
  assert.equal((await invite(company)).Handshake?.State, "OPEN");
  await company.close();
});
