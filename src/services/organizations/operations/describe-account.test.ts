import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("a member is described with where it lies; others do not exist", async () => {
  const company = await openCompany();
  const AccountId = await company.account("dev");
  const { Account } = await company.call("DescribeAccount", { AccountId });
  assert.equal(Account?.Arn, `arn:aws:organizations::${HOUSE_ACCOUNT}:account/${company.organization}/${AccountId}`);
  assert.deepEqual(Account?.Paths, [`${company.organization}/${company.root}/${AccountId}/`]);
  assert.equal(Account?.State, "ACTIVE");
  assert.equal(await company.refused("DescribeAccount", { AccountId: SECOND_ACCOUNT }), "AccountNotFoundException");
  assert.equal(await company.refused("DescribeAccount", { AccountId }, AccountId), "AccessDeniedException");
  assert.equal(await company.isAllowed("DescribeAccount", { AccountId }, Account?.Arn ?? ""), true);
  const own = Account?.Arn?.replace(AccountId, HOUSE_ACCOUNT) ?? "";
  assert.equal(await company.isAllowed("DescribeAccount", { AccountId }, own), false);
  await company.close();
});
