import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("an empty unit goes away, and no other", async () => {
  const company = await openCompany();
  const parent = await company.unit("dev");
  const child = await company.unit("test", parent);
  const AccountId = await company.account("dev");
  await company.call("MoveAccount", { AccountId, SourceParentId: company.root, DestinationParentId: child });
  const remove = (OrganizationalUnitId: string) => ({ OrganizationalUnitId });
  for (const unit of [parent, child])
    assert.equal(
      await company.refused("DeleteOrganizationalUnit", remove(unit)),
      "OrganizationalUnitNotEmptyException",
    );
  await company.call("MoveAccount", { AccountId, SourceParentId: child, DestinationParentId: company.root });
  await company.call("DeleteOrganizationalUnit", remove(child));
  await company.call("DeleteOrganizationalUnit", remove(parent));
  assert.equal(
    await company.refused("DeleteOrganizationalUnit", remove(parent)),
    "OrganizationalUnitNotFoundException",
  );
  await company.close();
});
