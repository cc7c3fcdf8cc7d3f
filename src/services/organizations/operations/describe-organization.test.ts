import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("members may ask about their organization; others are in none", async () => {
  const company = await openCompany();
  const member = await company.account("dev");
  const { Organization } = await company.call("DescribeOrganization", {}, member);
  assert.equal(Organization?.Id, company.organization);
  assert.equal(Organization?.MasterAccountEmail, `${HOUSE_ACCOUNT}@accounts.invalid`);
  assert.equal(await company.refused("DescribeOrganization", {}, SECOND_ACCOUNT), "AWSOrganizationsNotInUseException");
  const arn = `arn:aws:organizations::${HOUSE_ACCOUNT}:organization/${company.organization}`;
  assert.equal(await company.isAllowed("DescribeOrganization", {}, arn), true);
  assert.equal(await company.isAllowed("DescribeOrganization", {}, `${arn}x`), false);
  await company.close();
});
