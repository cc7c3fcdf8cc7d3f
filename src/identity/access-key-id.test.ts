import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, Ids, SeededEntropy } from "../base/index.js";
import { accountOfAccessKeyId, newAccessKeyId } from "./access-key-id.js";

const ids = new Ids(new SeededEntropy(3));

test("text that is no access key id tells no account", () => {
  for (const text of [
    "",
    "AKIA",
    "AKIAIOSFODNN7EXAMPL",
    "akiaiosfodnn7example",
    "AROAQQQQQQQQQQQQQQQQ",
    "AKIA0000000000000000",
  ])
    assert.equal(accountOfAccessKeyId(text), undefined, text);
});

test("an access key id tells its account, the smallest and the largest too", () => {
  for (const account of ["111122223333", "000000000001", "999999999999"] as AccountId[]) {
    const id = newAccessKeyId("AKIA", account, ids);
    assert.match(id, /^AKIA[A-Z2-7]{16}$/);
    assert.equal(accountOfAccessKeyId(id), account);
  }
});

test("an account's ids differ", () => {
  const made = new Set(Array.from({ length: 100 }, () => newAccessKeyId("ASIA", "111122223333" as AccountId, ids)));
  assert.equal(made.size, 100);
});
