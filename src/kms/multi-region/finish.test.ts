import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeKey } from "../change-key.js";
import { cancelDeletion, scheduleDeletion } from "../deletion.js";
import type { KeyRef } from "../key.js";
import { rotateOnDemand } from "../rotate-key.js";
import { openTestKms, type TestKms, userCall } from "../testing.js";
import { familyRole } from "./family.js";
import { finishInRegion, finishNow } from "./finish.js";
import { families, type WEST } from "./testing.js";
import { otherRegionEvent } from "./trail.js";
import { beginNewPrimary } from "./update-primary.js";

let house: TestKms;
let family: ReturnType<typeof families>;
before(async () => {
  house = await openTestKms();
  family = families(house);
});
after(() => house.close());

const events = (name: string) => house.records.filter(({ eventName }) => eventName === name).length;

test("killed after ReplicateKey's commit, the replica waits unusable and the worker finishes it, once", async () => {
  const primary = await family.primary();
  const replica = await family.beginReplica(primary);
  assert.equal(await family.state(replica), "Creating");
  assert.equal((await family.load(replica)).current, undefined);
  const told = events("CreateKey");
  await family.runWorkers();
  await family.runWorkers();
  assert.equal(await family.state(replica), "Enabled");
  assert.equal(events("CreateKey"), told + 1);
  await family.openEachOther(primary, replica);
});

test("a key store that is away keeps the replica waiting, and its call gets its answer all the same", async () => {
  const replica = await family.beginReplica(await family.primary());
  const { copyMaterial } = house.keyStore;
  house.keyStore.copyMaterial = () => Promise.reject(new Error("away"));
  await finishNow(house.kms, replica);
  assert.equal(await family.state(replica), "Creating");
  await assert.rejects(finishInRegion(house.kms, replica), /away/);
  house.keyStore.copyMaterial = copyMaterial;
  await family.runWorkers();
  assert.equal(await family.state(replica), "Enabled");
});

test("two that finish at once give material once and tell of it once", async () => {
  const replica = await family.beginReplica(await family.primary());
  const other = await house.another();
  const told = events("CreateKey");
  await Promise.all([finishInRegion(house.kms, replica), finishInRegion(other, replica)]);
  assert.equal(await family.state(replica), "Enabled");
  assert.equal(events("CreateKey"), told + 1);
});

test("a rotation between the copy and the commit does not leave the replica behind", async () => {
  const primary = await family.primary();
  const replica = await family.beginReplica(primary);
  const { copyMaterial } = house.keyStore;
  house.keyStore.copyMaterial = async (material, region) => {
    house.keyStore.copyMaterial = copyMaterial;
    const copy = await copyMaterial(material, region);
    await rotateOnDemand(house.kms, primary, house.clock.now(), (unit) => house.database.write(unit));
    return copy;
  };
  await finishInRegion(house.kms, replica);
  const [here, there] = [await family.load(primary), await family.load(replica)];
  assert.equal(here.materials.size, 2);
  assert.deepEqual([...there.materials.keys()], [...here.materials.keys()]);
  assert.equal(there.key.material, here.key.material);
  assert.equal(there.key.onDemandRotations, 1);
  await family.openEachOther(primary, replica);
});

test("a replica scheduled for deletion while it is created keeps waiting, and works when it is called back", async () => {
  const primary = await family.primary();
  const replica = await family.beginReplica(primary);
  const change = (how: Parameters<typeof changeKey>[2]) => house.database.write((tx) => changeKey(tx, replica, how));
  await change((key) => scheduleDeletion(key, 7, house.clock.now()));
  await family.runWorkers();
  assert.equal(await family.state(replica), "PendingDeletion");
  await change(cancelDeletion);
  assert.equal(await family.state(replica), "Disabled");
  await change((key) => ({ ...key, state: "Enabled" }) as typeof key); // Disabled holds material
  await family.openEachOther(primary, replica);
});

test("killed after UpdatePrimaryRegion's commit, both keys work on and the worker swaps them, once", async () => {
  const primary = await family.primary();
  const replica = await family.beginReplica(primary);
  await family.runWorkers();
  await begin(primary, replica);
  for (const ref of [primary, replica]) assert.equal(await family.state(ref), "Updating");
  await family.openEachOther(primary, replica);
  await begin(primary, replica);
  const told = events("UpdatePrimaryRegion");
  await family.runWorkers();
  await family.runWorkers();
  assert.equal(events("UpdatePrimaryRegion"), told + 1);
  for (const ref of [primary, replica]) assert.equal(await family.state(ref), "Enabled");
  assert.equal(familyRole((await family.load(primary)).key), "REPLICA");
  assert.equal(familyRole((await family.load(replica)).key), "PRIMARY");
});

test("while one update is under way another Region waits its turn", async () => {
  const primary = await family.primary();
  const [west, south] = [
    await family.beginReplica(primary),
    await family.beginReplica(primary, "sa-east-1" as typeof WEST),
  ];
  await family.runWorkers();
  await begin(primary, west);
  await assert.rejects(begin(primary, south), { message: `${primary.arn} is updating.` });
  assert.equal(await family.state(south), "Enabled");
});

const begin = (primary: Parameters<typeof beginNewPrimary>[1], next: KeyRef) => {
  const event = { eventName: "UpdatePrimaryRegion", requestParameters: {}, responseElements: {} };
  const record = otherRegionEvent(userCall(), next, event, "event");
  return house.database.write((tx) => beginNewPrimary(tx, primary, next.region, record));
};
