import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { StoreConnectionError } from "../../../kms/index.js";
import { openStoreTestService, type StoreTestService } from "../test-stores.js";
import { as } from "../testing.js";

let kms: StoreTestService;
before(async () => {
  kms = await openStoreTestService();
});
after(() => kms.close());

const refused = (CustomKeyStoreId: string) => kms.refused("ConnectCustomKeyStore", { CustomKeyStoreId });

test("it answers at once, and the state follows", async () => {
  const CustomKeyStoreId = await kms.newStore("store");
  assert.deepEqual(await kms.call("ConnectCustomKeyStore", { CustomKeyStoreId }), {});
  await kms.connected(CustomKeyStoreId);
  assert.equal(await kms.stateOf(CustomKeyStoreId), "CONNECTED");
  assert.equal(kms.xks.asked.at(-1)?.use.operation, "ConnectCustomKeyStore");
});

test("a failure is told by its code, and ends only with a disconnection", async () => {
  const CustomKeyStoreId = await kms.newStore("failing");
  kms.xks.failure = new StoreConnectionError("XKS_PROXY_TIMED_OUT");
  await kms.connected(CustomKeyStoreId);
  kms.xks.failure = undefined;
  const { CustomKeyStores } = await kms.call("DescribeCustomKeyStores", { CustomKeyStoreId });
  assert.equal(CustomKeyStores[0]?.ConnectionState, "FAILED");
  assert.equal(CustomKeyStores[0]?.ConnectionErrorCode, "XKS_PROXY_TIMED_OUT");
  assert.match(await refused(CustomKeyStoreId), /^CustomKeyStoreInvalidStateException/);
  await kms.call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  await kms.connected(CustomKeyStoreId);
  const again = await kms.call("DescribeCustomKeyStores", { CustomKeyStoreId });
  assert.equal(again.CustomKeyStores[0]?.ConnectionState, "CONNECTED");
  assert.equal("ConnectionErrorCode" in (again.CustomKeyStores[0] ?? {}), false);
});

test("an unexpected failure is an internal one", async () => {
  const CustomKeyStoreId = await kms.newStore("broken");
  kms.xks.failure = new Error("a mistake of ours");
  await kms.connected(CustomKeyStoreId);
  kms.xks.failure = undefined;
  const { CustomKeyStores } = await kms.call("DescribeCustomKeyStores", { CustomKeyStoreId });
  assert.equal(CustomKeyStores[0]?.ConnectionErrorCode, "INTERNAL_ERROR");
});

test("a connection that a dead process began is finished by the worker", async () => {
  const CustomKeyStoreId = await kms.newStore("abandoned");
  await kms.database.write((tx) =>
    tx.run(
      "UPDATE kms_custom_key_stores SET state = 'CONNECTING', state_since = ? WHERE id = ?",
      kms.clock.nowMs(),
      CustomKeyStoreId,
    ),
  );
  const worker = kms.kms.workers.find(({ name }) => name === "kms-custom-store-connections");
  await worker?.run(kms.clock.now());
  assert.equal(await kms.stateOf(CustomKeyStoreId), "CONNECTING", "its process may still be at it");
  kms.clock.advance(20_000);
  await worker?.run(kms.clock.now());
  assert.equal(await kms.stateOf(CustomKeyStoreId), "CONNECTED");
});

test("a store that is not there, and a caller who may not", async () => {
  assert.match(await refused("cks-1"), /^CustomKeyStoreNotFoundException/);
  const CustomKeyStoreId = await kms.newStore("closed");
  assert.match(await kms.refused("ConnectCustomKeyStore", { CustomKeyStoreId }, as("bob")), /^AccessDeniedException/);
  assert.equal(await kms.stateOf(CustomKeyStoreId), "DISCONNECTED");
});
