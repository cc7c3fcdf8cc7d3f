import assert from "node:assert/strict";
import { test } from "node:test";
import { type Company, HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

const invite = (company: Company) =>
  company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: SECOND_ACCOUNT } });

test("both sides see it, and others do not; its end shows by itself", async () => {
  const company = await openCompany();
  const member = await company.account("dev");
  const HandshakeId = (await invite(company)).Handshake?.Id;
  for (const side of [HOUSE_ACCOUNT, SECOND_ACCOUNT])
    assert.equal((await company.call("DescribeHandshake", { HandshakeId }, side)).Handshake?.State, "OPEN");
  assert.equal(await company.refused("DescribeHandshake", { HandshakeId }, member), "HandshakeNotFoundException");
  company.clock.advance(15 * 86_400_000);
  assert.equal((await company.call("DescribeHandshake", { HandshakeId })).Handshake?.State, "EXPIRED");
  await company.close();
});
