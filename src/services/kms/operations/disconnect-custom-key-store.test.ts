import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStoreTestService, type StoreTestService } from "../test-stores.js";
import { as } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

test("the keys are unavailable from then on, in every process, and come back as they were", async () => {
  const CustomKeyStoreId = await kms.newConnectedStore("store");
  const key = { Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId };
  const [on, off, going] = [
    await kms.keyId({ ...key, XksKeyId: "on" }),
    await kms.keyId({ ...key, XksKeyId: "off" }),
    await kms.keyId({ ...key, XksKeyId: "going" }),
  ];
  await kms.call("DisableKey", { KeyId: off });
  await kms.call("ScheduleKeyDeletion", { KeyId: going });
  const states = async () =>
    Promise.all([on, off, going].map(async (KeyId) => (await kms.call("DescribeKey", { KeyId })).KeyMetadata.KeyState));
  const other = await kms.another();
  const seen = await other.keys.find(
    on,
    { account: "111122223333", region: "us-east-1" } as never,
    "NotFoundException",
  );
  assert.equal(seen.loaded?.key.state, "Enabled");
  await kms.call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  assert.deepEqual(await states(), ["Unavailable", "Unavailable", "PendingDeletion"]);
  const now = await other.keys.find(on, { account: "111122223333", region: "us-east-1" } as never, "NotFoundException");
  assert.equal(now.loaded?.key.state, "Unavailable");
  await other.close();
  // What is changed meanwhile shows when the store is back (kms section 2, w).
  await kms.call("EnableKey", { KeyId: off });
  await kms.call("DisableKey", { KeyId: on });
  await kms.call("CancelKeyDeletion", { KeyId: going });
  assert.deepEqual(await states(), ["Unavailable", "Unavailable", "Unavailable"]);
  await kms.connected(CustomKeyStoreId);
  assert.deepEqual(await states(), ["Disabled", "Enabled", "Disabled"]);
});

test("a disconnected store, a missing one and a caller who may not are refused", async () => {
  const CustomKeyStoreId = await kms.newStore("other");
  const refused = (id: string) => kms.refused("DisconnectCustomKeyStore", { CustomKeyStoreId: id });
  assert.match(await refused(CustomKeyStoreId), /^CustomKeyStoreInvalidStateException/);
  assert.match(await refused("cks-1"), /^CustomKeyStoreNotFoundException/);
  await kms.connected(CustomKeyStoreId);
  assert.match(
    await kms.refused("DisconnectCustomKeyStore", { CustomKeyStoreId }, as("bob")),
    /^AccessDeniedException/,
  );
  assert.equal(await kms.stateOf(CustomKeyStoreId), "CONNECTED");
});
