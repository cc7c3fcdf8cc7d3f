import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS, isAwsError } from "../base/index.js";
import { changeKey } from "./change-key.js";
import { materialFor, namesIn, open, seal } from "./data-key.js";
import { cancelDeletion, checkWindow, scheduleDeletion } from "./deletion.js";
import type { GrantId } from "./grants/grant.js";
import { findGrant, insertGrant } from "./grants/store.js";
import type { Key } from "./key.js";
import { rotateOnDemand } from "./rotate-key.js";
import { findAlias, insertAlias } from "./store/index.js";
import { ACCOUNT, openTestKms, REGION, rootArn, type TestKms } from "./testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const change = (key: Key, how: (key: Key) => Key) => house.database.write((tx) => changeKey(tx, key, how));
const runWorkers = async () => {
  for (const worker of house.kms.workers) await worker.run(house.clock.now());
};
const GRANT = "a".repeat(64) as GrantId; // sixty-four hex digits

/** A key with an alias, a grant and two materials, and a ciphertext of its first one, waiting for its end. */
async function doomedKey(alias: string) {
  const { kms, clock, database } = house;
  const key = await house.newKey();
  const loaded = (await kms.keys.byRef(key)) ?? assert.fail();
  const blob = await seal(kms.keyStore, loaded, Buffer.from("x"), undefined);
  const now = clock.now();
  await database.write(async (tx) => {
    await insertAlias(tx, {
      account: ACCOUNT,
      region: REGION,
      name: alias,
      keyId: key.id,
      createdAt: now,
      updatedAt: now,
    });
    const grantee = { name: rootArn(ACCOUNT), isService: false };
    const parts = {
      name: "",
      createdAt: now,
      issuingAccount: ACCOUNT,
      grantee,
      operations: ["Decrypt"],
      constraints: {},
    };
    await insertGrant(tx, { key, id: GRANT, ...parts });
  });
  await rotateOnDemand(kms, key, now, (unit) => database.write(unit));
  await change(key, (current) => scheduleDeletion(current, 7, now));
  return { key, blob, loaded: (await kms.keys.byRef(key)) ?? assert.fail() };
}

test("when the window ends the key, its material, aliases and grants are gone for ever", async () => {
  const { kms, keyStore, database, clock, records } = house;
  const { key, blob, loaded } = await doomedKey("alias/doomed");
  clock.advance(7 * DAY_MS - 1);
  await runWorkers();
  assert.equal((await kms.keys.byRef(key))?.key.state, "PendingDeletion");
  assert.equal(keyStore.destroyed.length, 0, "not a moment too early");
  clock.advance(1);
  await runWorkers();
  assert.equal(await kms.keys.byRef(key), undefined);
  assert.deepEqual(keyStore.destroyed.map((material) => material.id).sort(), [...loaded.materials.keys()].sort());
  assert.equal(await database.read((tx) => findAlias(tx, ACCOUNT, REGION, "alias/doomed")), undefined);
  assert.equal(await database.read((tx) => findGrant(tx, key, GRANT)), undefined);
  // Even who kept everything that was in memory cannot open it any more.
  const kept = materialFor(loaded, namesIn(blob));
  await assert.rejects(open(keyStore, kept, blob, undefined), (thrown) =>
    isAwsError(thrown, "InvalidCiphertextException"),
  );
  const events = records.filter((record) => record.eventName === "DeleteKey");
  assert.deepEqual(
    events.map((record) => record.serviceEventDetails),
    [{ keyId: key.arn }],
  );
});

test("killed half-way, the key cannot be called back and the next run finishes", async () => {
  const { kms, keyStore, database, clock } = house;
  const { key, loaded } = await doomedKey("alias/half-way");
  clock.advance(7 * DAY_MS);
  keyStore.failDestroy = true;
  await runWorkers();
  assert.equal(await kms.keys.byRef(key), undefined, "nobody finds it any more");
  await assert.rejects(change(key, cancelDeletion), (thrown) => isAwsError(thrown, "NotFoundException"));
  assert.notEqual(await database.read((tx) => findAlias(tx, ACCOUNT, REGION, "alias/half-way")), undefined);
  keyStore.failDestroy = false;
  await runWorkers();
  for (const id of loaded.materials.keys()) assert.ok(keyStore.destroyed.some((material) => material.id === id));
  assert.equal(await database.read((tx) => findAlias(tx, ACCOUNT, REGION, "alias/half-way")), undefined);
});

test("called back in time it is disabled, and its ciphertexts open again", async () => {
  const { kms, keyStore, clock } = house;
  const { key, blob } = await doomedKey("alias/rescued");
  clock.advance(6 * DAY_MS);
  assert.equal((await change(key, cancelDeletion)).state, "Disabled");
  clock.advance(30 * DAY_MS);
  await runWorkers();
  const loaded = (await kms.keys.byRef(key)) ?? assert.fail();
  const opened = await open(keyStore, materialFor(loaded, namesIn(blob)), blob, undefined);
  assert.equal(opened.toString(), "x");
});

test("a window is 7 to 30 days; only who waits is called back", async () => {
  checkWindow(7);
  checkWindow(30);
  for (const days of [1, 6, 31, 365]) {
    assert.throws(() => checkWindow(days), { message: "PendingWindowInDays must be between 7 and 30" });
  }
  const key = await house.newKey();
  await assert.rejects(change(key, cancelDeletion), { message: `${key.arn} is not pending deletion.` });
});
