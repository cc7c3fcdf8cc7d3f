import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../base/index.js";
import { changeKey } from "../change-key.js";
import { disable, scheduleDeletion } from "../deletion.js";
import type { Key } from "../key.js";
import { rotateOnDemand } from "../rotate-key.js";
import { withoutRotation, withRotation } from "../rotation.js";
import { openTestKms, type TestKms } from "../testing.js";
import { changeShared } from "./share.js";
import { families, WEST } from "./testing.js";

let house: TestKms;
let family: ReturnType<typeof families>;
before(async () => {
  house = await openTestKms();
  family = families(house);
});
after(() => house.close());

const share = (key: Key, how: (key: Key) => Key) => house.database.write((tx) => changeShared(tx, key, how));
const onDemand = (key: Key) => rotateOnDemand(house.kms, key, house.clock.now(), (unit) => house.database.write(unit));
const synchronised = () => house.records.filter(({ eventName }) => eventName === "SynchronizeMultiRegionKey");

async function pair(): Promise<[Key, Key]> {
  const primary = await family.primary();
  const replica = await family.beginReplica(primary);
  await family.runWorkers();
  return [primary, replica];
}

test("the rotation setting of the primary is every replica's, and each replica refuses to change it", async () => {
  const [primary, replica] = await pair();
  await share(primary, (key) => withRotation(key, 90, house.clock.now()));
  assert.deepEqual((await family.load(replica)).key.rotation, (await family.load(primary)).key.rotation);
  const notPrimary = {
    code: "UnsupportedOperationException",
    message: `${replica.arn} is not a multi-region primary key.`,
  };
  await assert.rejects(
    share(replica, (key) => withRotation(key, 90, house.clock.now())),
    notPrimary,
  );
  await assert.rejects(share(replica, withoutRotation), notPrimary);
  await assert.rejects(onDemand(replica), notPrimary);
  await share(primary, withoutRotation);
  assert.equal((await family.load(replica)).key.rotation, undefined);
});

test("a rotation reaches every replica before anybody uses the new material", async () => {
  const [primary, replica] = await pair();
  const seen: string[] = [];
  const { copyMaterial } = house.keyStore;
  house.keyStore.copyMaterial = async (material, region) => {
    const current = (await family.load(primary)).key.material;
    seen.push(current === material.id ? "too late" : "in time");
    return copyMaterial(material, region);
  };
  await onDemand(primary);
  house.keyStore.copyMaterial = copyMaterial;
  assert.deepEqual(seen, ["in time"]);
  const [here, there] = [await family.load(primary), await family.load(replica)];
  assert.equal(here.materials.size, 2);
  assert.equal(there.key.material, here.key.material);
  assert.equal(synchronised().at(-1)?.awsRegion, WEST);
  assert.deepEqual(synchronised().at(-1)?.serviceEventDetails, { keyId: replica.arn });
  await family.openEachOther(primary, replica);
});

test("a replica that cannot be reached keeps the old material current everywhere", async () => {
  const [primary, replica] = await pair();
  const before = (await family.load(primary)).key.material;
  const { copyMaterial } = house.keyStore;
  house.keyStore.copyMaterial = () => Promise.reject(new Error("away"));
  await assert.rejects(onDemand(primary), /away/);
  house.keyStore.copyMaterial = copyMaterial;
  for (const ref of [primary, replica]) assert.equal((await family.load(ref)).key.material, before);
  await family.openEachOther(primary, replica);
});

test("a replica that comes into being in the middle of a rotation gets its copy before the commit", async () => {
  const [primary, replica] = await pair();
  const { copyMaterial } = house.keyStore;
  let third: Key | undefined;
  house.keyStore.copyMaterial = async (material, region) => {
    house.keyStore.copyMaterial = copyMaterial;
    const copy = await copyMaterial(material, region);
    third = await family.beginReplica(primary, "us-west-2" as typeof WEST);
    await family.runWorkers();
    return copy;
  };
  await onDemand(primary);
  assert.ok(third);
  await family.openEachOther(primary, third);
  await family.openEachOther(replica, third);
  assert.equal((await family.load(third)).key.material, (await family.load(primary)).key.material);
});

test("the schedule rotates the family once, at its primary; a disabled replica rotates with it", async () => {
  const [primary, replica] = await pair();
  await share(primary, (key) => withRotation(key, 90, house.clock.now()));
  await house.database.write((tx) => changeKey(tx, replica, disable));
  house.clock.advance(90 * DAY_MS);
  await family.runWorkers();
  await family.runWorkers();
  const [here, there] = [await family.load(primary), await family.load(replica)];
  assert.equal(here.materials.size, 2);
  assert.deepEqual([...there.materials.keys()], [...here.materials.keys()]);
  assert.equal(there.key.state, "Disabled");
  assert.equal(there.key.rotation?.nextAt.getTime(), here.key.rotation?.nextAt.getTime());
});

test("a primary outlives its replicas: its window begins when the last one is really gone", async () => {
  const { clock, database, keyStore } = house;
  const [primary, replica] = await pair();
  const doom = (key: Key, days: number) =>
    database.write((tx) => changeKey(tx, key, (current) => scheduleDeletion(current, days, clock.now())));
  assert.equal((await doom(primary, 10)).state, "PendingReplicaDeletion");
  clock.advance(400 * DAY_MS);
  await family.runWorkers();
  assert.equal(await family.state(primary), "PendingReplicaDeletion", "there is a replica still");
  await doom(replica, 7);
  clock.advance(7 * DAY_MS);
  keyStore.failDestroy = true;
  await family.runWorkers();
  assert.equal(await family.state(primary), "PendingReplicaDeletion", "the replica is not really gone");
  keyStore.failDestroy = false;
  await family.runWorkers();
  assert.equal(await family.state(replica), undefined);
  const { key } = await family.load(primary);
  assert.ok(key.state === "PendingDeletion");
  assert.equal(key.deletionAt.getTime(), clock.nowMs() + 10 * DAY_MS);
  assert.deepEqual(key.family, { primary: primary.region, replicas: [] });
  clock.advance(10 * DAY_MS);
  await family.runWorkers();
  assert.equal(await family.state(primary), undefined);
});

test("destroying a replica leaves the primary's material, and a new one takes its place with the same id", async () => {
  const { clock, database } = house;
  const [primary, replica] = await pair();
  await onDemand(primary);
  await database.write((tx) => changeKey(tx, replica, (key) => scheduleDeletion(key, 7, clock.now())));
  clock.advance(7 * DAY_MS);
  await family.runWorkers();
  assert.equal(await family.state(replica), undefined);
  const again = await family.beginReplica((await family.load(primary)).key);
  await family.runWorkers();
  assert.equal(again.arn, replica.arn);
  await family.openEachOther(primary, again);
  assert.equal((await family.load(again)).materials.size, 2);
});
