import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStoreTestService, type StoreTestService } from "../test-stores.js";
import { as } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

const refused = async (CustomKeyStoreId: string) =>
  (await kms.refused("DeleteCustomKeyStore", { CustomKeyStoreId })).split(":")[0];

test("only an empty, disconnected store goes, and then it is gone", async () => {
  const CustomKeyStoreId = await kms.newConnectedStore("store");
  const KeyId = await kms.keyId({ Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId, XksKeyId: "a" });
  assert.equal(await refused(CustomKeyStoreId), "CustomKeyStoreInvalidStateException");
  await kms.call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  assert.equal(await refused(CustomKeyStoreId), "CustomKeyStoreHasCMKsException");
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  assert.equal(await refused(CustomKeyStoreId), "CustomKeyStoreHasCMKsException", "keys that wait count too");
  kms.clock.advance(7 * 24 * 3600 * 1000);
  await kms.kms.workers.find(({ name }) => name === "kms-deletion")?.run(kms.clock.now());
  assert.deepEqual(await kms.call("DeleteCustomKeyStore", { CustomKeyStoreId }), {});
  assert.equal(await refused(CustomKeyStoreId), "CustomKeyStoreNotFoundException");
});

test("a failed store must be disconnected first, and a caller must be allowed", async () => {
  const CustomKeyStoreId = await kms.newStore("failed");
  kms.xks.failure = new Error("down");
  await kms.connected(CustomKeyStoreId);
  kms.xks.failure = undefined;
  assert.equal(await refused(CustomKeyStoreId), "CustomKeyStoreInvalidStateException");
  await kms.call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  assert.match(await kms.refused("DeleteCustomKeyStore", { CustomKeyStoreId }, as("bob")), /^AccessDeniedException/);
  await kms.call("DeleteCustomKeyStore", { CustomKeyStoreId });
});
