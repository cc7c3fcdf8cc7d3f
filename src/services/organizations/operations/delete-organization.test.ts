import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("only an organization with nothing left in it goes away", async () => {
  const company = await openCompany();
  const unit = await company.unit("dev");
  assert.equal(await company.refused("DeleteOrganization"), "OrganizationNotEmptyException");
  await company.call("DeleteOrganizationalUnit", { OrganizationalUnitId: unit });
  const AccountId = await company.account("dev");
  assert.equal(await company.refused("DeleteOrganization", {}, AccountId), "AccessDeniedException");
  assert.equal(await company.refused("DeleteOrganization"), "OrganizationNotEmptyException");
  await company.call("RemoveAccountFromOrganization", { AccountId });
  const PolicyId = await company.denying("kms:*");
  assert.equal(await company.refused("DeleteOrganization"), "OrganizationNotEmptyException");
  await company.call("DeletePolicy", { PolicyId });
  await company.call("DeleteOrganization");
  assert.equal(await company.refused("DescribeOrganization"), "AWSOrganizationsNotInUseException");
  await company.close();
});
