import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("units lie below one another, five deep, and a parent has one of a name", async () => {
  const company = await openCompany();
  let parent = company.root;
  for (const name of ["1", "2", "3", "4", "5"]) parent = await company.unit(name, parent);
  assert.equal(
    await company.refused("CreateOrganizationalUnit", { ParentId: parent, Name: "6" }),
    "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED",
  );
  const again = { ParentId: company.root, Name: "1" };
  assert.equal(await company.refused("CreateOrganizationalUnit", again), "DuplicateOrganizationalUnitException");
  assert.equal(
    await company.refused("CreateOrganizationalUnit", { ParentId: "ou-none-00000000", Name: "x" }),
    "ParentNotFoundException",
  );
  const { OrganizationalUnit } = await company.call("CreateOrganizationalUnit", { ...again, Name: "two" });
  assert.match(OrganizationalUnit?.Id ?? "", new RegExp(`^ou-${company.root.slice(2)}-[a-z0-9]{8}$`));
  assert.equal(OrganizationalUnit?.Path, `${company.organization}/${company.root}/${OrganizationalUnit?.Id}/`);
  await company.close();
});

test("to tag a unit while it is made has to be allowed, too", async () => {
  const company = await openCompany();
  const input = { ParentId: company.root, Name: "a", Tags: [{ Key: "team", Value: "blue" }] };
  assert.equal(await company.isAllowed("CreateOrganizationalUnit", input, "*"), false);
  assert.equal(await company.isAllowed("CreateOrganizationalUnit", { ...input, Tags: [] }, "*"), true);
  await company.close();
});
