import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("a unit and an account have one parent, the root has none", async () => {
  const company = await openCompany();
  const parent = await company.unit("dev");
  const ChildId = await company.unit("test", parent);
  assert.deepEqual((await company.call("ListParents", { ChildId })).Parents, [
    { Id: parent, Type: "ORGANIZATIONAL_UNIT" },
  ]);
  assert.deepEqual((await company.call("ListParents", { ChildId: parent })).Parents, [
    { Id: company.root, Type: "ROOT" },
  ]);
  assert.equal(await company.refused("ListParents", { ChildId: SECOND_ACCOUNT }), "ChildNotFoundException");
  assert.equal(await company.refused("ListParents", { ChildId: company.root }), "ChildNotFoundException");
  await company.close();
});
