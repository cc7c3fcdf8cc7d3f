import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount } from "../../../identity/index.js";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("a closed account stays, suspended, and nobody signs for it", async () => {
  const company = await openCompany();
  const AccountId = await company.account("dev");
  const { identity } = company.house;
  const role = `arn:aws:iam::${AccountId}:role/OrganizationAccountAccessRole`;
  assert.notEqual(await identity.callerOfArn(role), undefined);
  await company.call("CloseAccount", { AccountId });
  const { Account } = await company.call("DescribeAccount", { AccountId });
  assert.equal(Account?.Status, "SUSPENDED");
  assert.equal(await identity.callerOfArn(role), undefined);
  assert.equal(await company.refused("CloseAccount", { AccountId }), "AccountAlreadyClosedException");
  assert.equal(
    await company.refused("CloseAccount", { AccountId: HOUSE_ACCOUNT }),
    "ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
  );
  assert.equal(await company.refused("CloseAccount", { AccountId: SECOND_ACCOUNT }), "AccountNotFoundException");
  await company.close();
});

test("an access key of a closed account is dead", async () => {
  const company = await openCompany();
  const { identity, database } = company.house;
  const { account, rootKey } = await database.write((tx) => createAccount(tx, { name: "keyed" }, company.house));
  const invited = await company.call("InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: account.id } });
  await company.call("AcceptHandshake", { HandshakeId: invited.Handshake?.Id }, account.id);
  assert.equal((await identity.callerOf(rootKey.id, undefined)).found, true);
  await company.call("CloseAccount", { AccountId: account.id });
  assert.deepEqual(await identity.callerOf(rootKey.id, undefined), { found: false, why: "inactive-key" });
  await company.close();
});
