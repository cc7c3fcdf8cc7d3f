import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a parent has the accounts right below it", async () => {
  const company = await openCompany();
  const unit = await company.unit("dev");
  const AccountId = await company.account("dev");
  const namesIn = async (ParentId: string) =>
    (await company.call("ListAccountsForParent", { ParentId })).Accounts?.map(({ Name }) => Name);
  assert.deepEqual(await namesIn(unit), []);
  const move = { AccountId, SourceParentId: company.root, DestinationParentId: unit };
  await company.call("MoveAccount", move);
  assert.deepEqual(await namesIn(unit), ["dev"]);
  assert.deepEqual(await namesIn(company.root), ["first"]);
  const unknown = { ParentId: "ou-none-00000000" };
  assert.equal(await company.refused("ListAccountsForParent", unknown), "ParentNotFoundException");
  await company.close();
});
