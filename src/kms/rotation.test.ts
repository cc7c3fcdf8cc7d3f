import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS, isAwsError } from "../base/index.js";
import { changeKey } from "./change-key.js";
import { materialFor, namesIn, open, seal } from "./data-key.js";
import { cancelDeletion, disable, enable, scheduleDeletion } from "./deletion.js";
import type { Key } from "./key.js";
import { rotateOnDemand } from "./rotate-key.js";
import { withoutRotation, withRotation } from "./rotation.js";
import { materialsOf } from "./store/index.js";
import { openTestKms, type TestKms } from "./testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const change = (key: Key, how: (key: Key) => Key) => house.database.write((tx) => changeKey(tx, key, how));
const materials = (key: Key) => house.database.read((tx) => materialsOf(tx, key));
const runWorkers = async () => {
  for (const worker of house.kms.workers) await worker.run(house.clock.now());
};
const load = async (key: Key) => (await house.kms.keys.byRef(key)) ?? assert.fail("the key is there");
const onDemand = (key: Key) => rotateOnDemand(house.kms, key, house.clock.now(), (unit) => house.database.write(unit));

test("over years each period makes new material, and the oldest ciphertext still opens", async () => {
  const { kms, clock, records } = house;
  const key = await house.newKey();
  const first = await seal(kms.keyStore, await load(key), Buffer.from("old"), { a: "1" });
  await change(key, (current) => withRotation(current, 90, clock.now()));
  for (let year = 0; year < 8; year++) {
    clock.advance(90 * DAY_MS - 1000);
    await runWorkers();
    assert.equal((await materials(key)).length, 1 + year, "not a second too early");
    clock.advance(1000);
    await runWorkers();
    await runWorkers();
    assert.equal((await materials(key)).length, 2 + year, "once a period");
  }
  const loaded = await load(key);
  const opened = await open(kms.keyStore, materialFor(loaded, namesIn(first)), first, { a: "1" });
  assert.equal(opened.toString(), "old");
  const newest = await seal(kms.keyStore, loaded, Buffer.from("new"), undefined);
  assert.equal(namesIn(newest).materialId, loaded.key.material);
  assert.notEqual(namesIn(newest).materialId, namesIn(first).materialId);
  const states = (await materials(key)).map((material) => material.state);
  assert.deepEqual(states, [...Array(8).fill("NON_CURRENT"), "CURRENT"]);
  const event = records.filter((record) => record.eventName === "RotateKey").at(-1);
  assert.equal(event?.eventType, "AwsServiceEvent");
  assert.deepEqual(event?.userIdentity, { accountId: key.account, invokedBy: "AWS Internal" });
  assert.deepEqual(event?.serviceEventDetails, {
    rotationType: "AUTOMATIC",
    keyOrigin: "AWS_KMS",
    keyId: key.arn,
    previousKeyMaterialId: (await materials(key)).at(-2)?.id,
    currentKeyMaterialId: loaded.key.material,
  });
});

test("a key that slept through several periods rotates once and counts from then", async () => {
  const key = await house.newKey();
  await change(key, (current) => withRotation(current, 90, house.clock.now()));
  house.clock.advance(400 * DAY_MS);
  await runWorkers();
  await runWorkers();
  assert.equal((await materials(key)).length, 2);
});

test("a disabled key and one that waits for its end do not rotate", async () => {
  const key = await house.newKey();
  await change(key, (current) => withRotation(current, 90, house.clock.now()));
  await change(key, disable);
  house.clock.advance(100 * DAY_MS);
  await runWorkers();
  assert.equal((await materials(key)).length, 1);
  await change(key, (current) => scheduleDeletion(current, 30, house.clock.now()));
  await runWorkers();
  assert.equal((await materials(key)).length, 1);
  await change(key, cancelDeletion);
  await change(key, enable);
  await runWorkers();
  assert.equal((await materials(key)).length, 2, "what was overdue runs after the key is back");
});

test("switched off, nothing rotates any more", async () => {
  const key = await house.newKey();
  await change(key, (current) => withRotation(current, undefined, house.clock.now()));
  assert.equal((await load(key)).key.rotation?.periodDays, 365);
  await change(key, withoutRotation);
  house.clock.advance(800 * DAY_MS);
  await runWorkers();
  assert.equal((await materials(key)).length, 1);
});

test("on demand: twenty-five times in a life, no schedule needed, none moved", async () => {
  const key = await house.newKey();
  for (let count = 0; count < 25; count++) await onDemand(key);
  assert.equal((await materials(key)).length, 26);
  const made = house.keyStore.destroyed.length;
  await assert.rejects(onDemand(key), (thrown: Error) => {
    assert.ok(isAwsError(thrown, "LimitExceededException"));
    const text =
      "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ";
    assert.equal(thrown.message, text + key.arn);
    return true;
  });
  assert.equal((await materials(key)).length, 26);
  assert.equal(house.keyStore.destroyed.length, made + 1, "material that came to nothing is destroyed");
});

test("on demand is refused in the last minutes before an automatic rotation, and on a disabled key", async () => {
  const key = await house.newKey();
  await change(key, (current) => withRotation(current, 90, house.clock.now()));
  house.clock.advance(90 * DAY_MS - 19 * 60_000);
  await assert.rejects(onDemand(key), (thrown) => isAwsError(thrown, "ConflictException"));
  await change(key, disable);
  await assert.rejects(onDemand(key), (thrown) => isAwsError(thrown, "DisabledException"));
});
