import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("who is invited joins below the root, and nobody else can say so", async () => {
  const company = await openCompany();
  const HandshakeId = (await invite(company)).Handshake?.Id;
  assert.equal(await company.refused("AcceptHandshake", { HandshakeId }), "AccessDeniedException");
  const { Handshake } = await company.call("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT);
  assert.equal(Handshake?.State, "ACCEPTED");
  const { Account } = await company.call("DescribeAccount", { AccountId: SECOND_ACCOUNT });
  assert.equal(Account?.JoinedMethod, "INVITED");
  assert.equal(
    await company.refused("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT),
    "HandshakeAlreadyInStateException",
  );
  await company.close();
});

test("an invitation that is over, or that came too late, opens nothing", async () => {
  const company = await openCompany();
  const HandshakeId = (await invite(company)).Handshake?.Id;
  await company.call("CreateOrganization", {}, SECOND_ACCOUNT);
  assert.equal(
    await company.refused("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT),
    "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION",
  );
  const { Handshake } = await company.call("DescribeHandshake", { HandshakeId });
  assert.equal(Handshake?.State, "OPEN", "a refused acceptance changes nothing");
  company.clock.advance(15 * 86_400_000);
  assert.equal(
    await company.refused("AcceptHandshake", { HandshakeId }, SECOND_ACCOUNT),
    "InvalidHandshakeTransitionException",
  );
  await company.close();
});
