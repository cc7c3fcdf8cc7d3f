import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("a unit is described to its own organization", async () => {
  const company = await openCompany();
  const OrganizationalUnitId = await company.unit("dev");
  const { OrganizationalUnit } = await company.call("DescribeOrganizationalUnit", { OrganizationalUnitId });
  assert.equal(OrganizationalUnit?.Name, "dev");
  assert.equal(
    OrganizationalUnit?.Arn,
    `arn:aws:organizations::${HOUSE_ACCOUNT}:ou/${company.organization}/${OrganizationalUnitId}`,
  );
  await company.call("CreateOrganization", {}, SECOND_ACCOUNT);
  assert.equal(
    await company.refused("DescribeOrganizationalUnit", { OrganizationalUnitId }, SECOND_ACCOUNT),
    "OrganizationalUnitNotFoundException",
  );
  await company.close();
});
