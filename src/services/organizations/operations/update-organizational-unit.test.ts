import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a unit takes another name that none of its sisters has", async () => {
  const company = await openCompany();
  const [OrganizationalUnitId] = [await company.unit("dev"), await company.unit("ops")];
  const { OrganizationalUnit } = await company.call("UpdateOrganizationalUnit", { OrganizationalUnitId, Name: "test" });
  assert.equal(OrganizationalUnit?.Name, "test");
  const taken = { OrganizationalUnitId, Name: "ops" };
  assert.equal(await company.refused("UpdateOrganizationalUnit", taken), "DuplicateOrganizationalUnitException");
  const root = { OrganizationalUnitId: company.root, Name: "x" };
  assert.equal(await company.refused("UpdateOrganizationalUnit", root), "OrganizationalUnitNotFoundException");
  await company.close();
});
