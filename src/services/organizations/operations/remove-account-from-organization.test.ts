import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany } from "../testing.js";

test("a member that is removed stands alone; the management account cannot be", async () => {
  const company = await openCompany();
  const AccountId = await company.account("dev");
  await company.call("RemoveAccountFromOrganization", { AccountId });
  assert.equal(await company.refused("DescribeAccount", { AccountId }), "AccountNotFoundException");
  assert.equal(await company.refused("DescribeOrganization", {}, AccountId), "AWSOrganizationsNotInUseException");
  const own = { AccountId: HOUSE_ACCOUNT };
  assert.equal(await company.refused("RemoveAccountFromOrganization", own), "MasterCannotLeaveOrganizationException");
  assert.equal(await company.refused("RemoveAccountFromOrganization", { AccountId }), "AccountNotFoundException");
  await company.close();
});
