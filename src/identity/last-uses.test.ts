import assert from "node:assert/strict";
import { test } from "node:test";
import { type Region, silentLog } from "../base/index.js";
import { LastUses } from "./last-uses.js";
import { openTestHouse } from "./testing.js";

const region = "us-east-1" as Region; // a Region's name

test("a last use is known at once here, after a flush everywhere, and an older one never replaces a newer", async (t) => {
  const house = await openTestHouse();
  t.after(() => house.close());
  const here = new LastUses(house.database, house.clock, silentLog);
  const there = new LastUses(house.database, house.clock, silentLog);
  const seen = (uses: LastUses) => house.database.read((tx) => uses.find(tx, "AKIA1"));
  here.note("AKIA1", { atMs: 2000, service: "kms", region });
  there.note("AKIA1", { atMs: 1000, service: "s3", region });
  assert.equal((await seen(here))?.service, "kms");
  assert.equal((await seen(there))?.service, "s3");
  await here.flush();
  await there.flush();
  assert.deepEqual(await seen(there), { atMs: 2000, service: "kms", region });
  assert.equal(await house.database.read((tx) => there.find(tx, "AKIA2")), undefined);
});

test("noting writes nothing until the timer strikes", async (t) => {
  const house = await openTestHouse();
  t.after(() => house.close());
  const uses = new LastUses(house.database, house.clock, silentLog);
  const before = house.database.version();
  for (let n = 0; n < 100; n++) uses.note(`AKIA${n}`, { atMs: n, service: "kms", region });
  assert.equal(house.database.version(), before);
  await uses.flush();
  assert.notEqual(house.database.version(), before);
});
