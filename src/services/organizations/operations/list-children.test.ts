import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany } from "../testing.js";

test("children are listed by kind", async () => {
  const company = await openCompany();
  const unit = await company.unit("dev");
  const account = await company.account("dev");
  const childrenOf = async (ParentId: string, ChildType: string) =>
    (await company.call("ListChildren", { ParentId, ChildType })).Children?.map(({ Id }) => Id);
  assert.deepEqual(await childrenOf(company.root, "ORGANIZATIONAL_UNIT"), [unit]);
  assert.deepEqual(await childrenOf(company.root, "ACCOUNT"), [account, HOUSE_ACCOUNT].sort());
  assert.deepEqual(await childrenOf(unit, "ACCOUNT"), []);
  const unknown = { ParentId: "r-none", ChildType: "ACCOUNT" };
  assert.equal(await company.refused("ListChildren", unknown), "ParentNotFoundException");
  await company.close();
});
