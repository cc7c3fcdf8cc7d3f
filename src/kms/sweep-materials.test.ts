import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS, HOUR_MS } from "../base/index.js";
import { openKms } from "./open-kms.js";
import { sweepWorker } from "./sweep-materials.js";
import { ACCOUNT, openTestKms, REGION, type TestKms } from "./testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const OWNER = { account: ACCOUNT, region: REGION };
const listed = async () => (await house.keyStore.listMaterials()).map(({ id }) => id);

test("material that no key names goes after a whole day; keys' own, also owned ones, never", async () => {
  const { kms, keyStore, clock } = house;
  const key = await house.newKey();
  await kms.owned.generateDataKey({ ...OWNER, service: "s3" }, {});
  const named = await listed();
  const lost = await keyStore.createMaterial({ ...OWNER, keyId: "lost-in-a-crash" });
  const other = await keyStore.createMaterial({ ...OWNER, keyId: key.id });
  const worker = sweepWorker(() => kms);
  await worker.run(clock.now());
  for (let hours = 1; hours < 24; hours++) {
    clock.advance(HOUR_MS);
    await worker.run(clock.now());
  }
  assert.equal((await listed()).length, named.length + 2, "not before a day is over");
  clock.advance(HOUR_MS);
  await worker.run(clock.now());
  assert.deepEqual(await listed(), named);
  assert.deepEqual(house.keyStore.destroyed.map(({ id }) => id).sort(), [lost.id, other.id].sort());
});

test("what is named in between, and what another process saw, begins its day anew", async () => {
  const { kms, keyStore, clock } = house;
  await keyStore.createMaterial({ ...OWNER, keyId: "still-being-made" });
  const before = await listed();
  await sweepWorker(() => kms).run(clock.now());
  clock.advance(DAY_MS);
  await sweepWorker(() => kms).run(clock.now());
  assert.deepEqual(await listed(), before, "each worker looks for itself");
});

test("the house has such a worker", async () => {
  const again = await openKms({ ...house.kms });
  assert.ok(again.workers.some(({ name }) => name === "kms-material-sweep"));
  await again.close();
});
