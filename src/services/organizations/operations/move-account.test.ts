import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("an account moves from where it is to where it is not", async () => {
  const company = await openCompany();
  const [from, to] = [company.root, await company.unit("dev")];
  const AccountId = await company.account("dev");
  const move = (SourceParentId: string, DestinationParentId: string, id = AccountId) => ({
    AccountId: id,
    SourceParentId,
    DestinationParentId,
  });
  const none = "ou-none-00000000";
  assert.equal(await company.refused("MoveAccount", move(to, from)), "DuplicateAccountException");
  assert.equal(await company.refused("MoveAccount", move(none, to)), "SourceParentNotFoundException");
  assert.equal(await company.refused("MoveAccount", move(from, none)), "DestinationParentNotFoundException");
  assert.equal(await company.refused("MoveAccount", move(from, to, SECOND_ACCOUNT)), "AccountNotFoundException");
  await company.call("MoveAccount", move(from, to));
  const { Parents } = await company.call("ListParents", { ChildId: AccountId });
  assert.deepEqual(Parents, [{ Id: to, Type: "ORGANIZATIONAL_UNIT" }]);
  assert.equal(await company.refused("MoveAccount", move(from, to)), "DuplicateAccountException");
  const other = await company.unit("ops");
  assert.equal(await company.refused("MoveAccount", move(from, other)), "SourceParentNotFoundException");
  await company.close();
});
