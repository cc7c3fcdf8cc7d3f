import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, newSecretAccessKey } from "./access-keys.js";
import { directory } from "./directory-store.js";
import { openTestHouse } from "./testing.js";

test("no two secrets are alike, and each has forty characters", () => {
  const made = Array.from({ length: 50 }, newSecretAccessKey);
  assert.equal(new Set(made).size, 50);
  for (const secret of made) assert.match(secret, /^[A-Za-z0-9+/]{40}$/);
});

test("an account comes with a root key that is accepted; an account number is not given twice", async (t) => {
  const house = await openTestHouse();
  t.after(() => house.close());
  const { account, rootKey } = await house.database.write((tx) => createAccount(tx, { name: "third" }, house));
  const credential = await house.identity.callerOf(rootKey.id, undefined);
  assert.ok(credential.found);
  assert.deepEqual(
    [credential.caller.principal.kind, credential.caller.account, credential.secret],
    ["root", account.id, rootKey.secret],
  );
  assert.equal((await house.database.read((tx) => directory.accounts(tx))).length, 3);
  await assert.rejects(house.database.write((tx) => createAccount(tx, { name: "again", id: account.id }, house)));
});
