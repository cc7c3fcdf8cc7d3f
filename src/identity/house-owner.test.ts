import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { AccountId } from "../base/index.js";
import { openTestSqlite } from "../store/testing.js";
import { createAccount } from "./access-keys.js";
import { directory } from "./directory-store.js";
import { IDENTITY_MIGRATIONS } from "./migrations.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT } from "./testing.js";

const LOWEST = "000000000001" as AccountId;

test("neither a lower number in the same second nor a clock that was set back makes an account the owner", async (t) => {
  const house = await openTestHouse();
  t.after(() => house.close());
  await house.database.write((tx) => createAccount(tx, { name: "lower", id: LOWEST }, house));
  house.clock.advance(-3_600_000);
  await house.database.write((tx) => createAccount(tx, { name: "earlier" }, house));
  assert.equal(await house.database.read((tx) => directory.houseOwner(tx)), HOUSE_ACCOUNT);
});

test("a house is given once", async (t) => {
  const house = await openTestHouse();
  t.after(() => house.close());
  await assert.rejects(house.database.write((tx) => directory.giveHouseTo(tx, SECOND_ACCOUNT)));
  assert.equal(await house.database.read((tx) => directory.houseOwner(tx)), HOUSE_ACCOUNT);
});

test("a folder from before the owner was written down belongs to the account that was made first", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-owner-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "iam.db");
  const older = await openTestSqlite({ path, migrations: IDENTITY_MIGRATIONS.filter(({ id }) => id < 5) });
  await older.write(async (tx) => {
    const createdAt = new Date("2026-11-21T09:00:00Z");
    await directory.insertAccount(tx, { id: HOUSE_ACCOUNT, name: "bootstrap", createdAt });
    await directory.insertAccount(tx, { id: LOWEST, name: "guest", createdAt });
  });
  await older.close();
  const database = await openTestSqlite({ path, migrations: IDENTITY_MIGRATIONS });
  t.after(() => database.close());
  assert.equal(await database.read((tx) => directory.houseOwner(tx)), HOUSE_ACCOUNT);
});
