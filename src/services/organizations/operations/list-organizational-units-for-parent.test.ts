import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a parent has the units right below it, page by page", async () => {
  const company = await openCompany();
  const made = [await company.unit("a"), await company.unit("b"), await company.unit("c")];
  await company.unit("below", made[0]);
  const first = await company.call("ListOrganizationalUnitsForParent", { ParentId: company.root, MaxResults: 2 });
  const rest = await company.call("ListOrganizationalUnitsForParent", {
    ParentId: company.root,
    MaxResults: 2,
    NextToken: first.NextToken,
  });
  const ids = [...(first.OrganizationalUnits ?? []), ...(rest.OrganizationalUnits ?? [])].map(({ Id }) => Id);
  assert.deepEqual(ids, made.sort());
  const other = { ParentId: made[0], NextToken: first.NextToken };
  assert.equal(
    await company.refused("ListOrganizationalUnitsForParent", other),
    "InvalidInputException INVALID_NEXT_TOKEN",
  );
  await company.close();
});
