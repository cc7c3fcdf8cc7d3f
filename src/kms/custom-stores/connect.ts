import { describeThrown, MINUTE_MS, SECOND_MS } from "../../base/index.js";
import type { WriteTx } from "../../store/index.js";
import type { Kms, KmsWorker } from "../kms.js";
import { type CustomKeyStore, connected, failed, noSuchStore, storeText } from "./custom-key-store.js";
import { type ConnectionErrorCode, StoreConnectionError, type StoreRef, type StoreUse } from "./port.js";
import { findStore, putStore, storesInState } from "./store.js";

/** A connection that nobody finished by then was begun by a process that died. */
const ABANDONED_MS = 15 * SECOND_MS;
const MOST_AT_ONCE = 100;

/** Reads the store where it cannot change any more, and writes what `change` makes of it. */
export async function changeStore(
  tx: WriteTx,
  ref: StoreRef,
  change: (store: CustomKeyStore) => CustomKeyStore,
): Promise<CustomKeyStore> {
  const store = await findStore(tx, ref);
  if (store === undefined) throw noSuchStore();
  const changed = change(store);
  if (changed !== store) await putStore(tx, changed);
  return changed;
}

/** What is refused before the answer: a cluster that cannot be connected at all. */
export async function refuseConnection(kms: Kms, ref: StoreRef): Promise<void> {
  const store = await kms.database.read((tx) => findStore(tx, ref));
  if (store === undefined) throw noSuchStore();
  const settings = kms.customStores.settingsOf(store);
  if (settings.type === "AWS_CLOUDHSM") await kms.customStores.kinds.AWS_CLOUDHSM.checkConnect?.(settings);
  else await kms.customStores.kinds.EXTERNAL_KEY_STORE.checkConnect?.(settings);
}

/** The second half of ConnectCustomKeyStore, after its answer. Never throws: how it ended is the store's state. */
export async function finishConnecting(kms: Kms, store: CustomKeyStore, use: StoreUse): Promise<void> {
  const errorCode = await tryToConnect(kms, store, use);
  try {
    await kms.database.write(async (tx) => {
      const current = await findStore(tx, store);
      // Disconnected, deleted or finished by another process meanwhile: then this end is nobody's.
      if (current?.version !== store.version || current.state !== "CONNECTING") return;
      const now = kms.clock.now();
      await putStore(tx, errorCode === undefined ? connected(current, now) : failed(current, errorCode, now));
    });
  } catch (thrown) {
    kms.log.error("custom-key-store-not-finished", { store: storeText(store), ...describeThrown(thrown) });
  }
}

async function tryToConnect(kms: Kms, store: CustomKeyStore, use: StoreUse): Promise<ConnectionErrorCode | undefined> {
  try {
    await kms.customStores.open(store).connect(use);
    return undefined;
  } catch (thrown) {
    kms.log.warn("custom-key-store-not-connected", { store: storeText(store), ...describeThrown(thrown) });
    return thrown instanceof StoreConnectionError ? thrown.code : "INTERNAL_ERROR";
  }
}

const byTheHouse = (kms: Kms, operation: string): StoreUse => ({
  principalArn: "AWS Internal",
  operation,
  requestId: kms.ids.uuid(),
});

/** Finishes what a process that died had begun. */
export const connectionWorker = (kms: () => Kms): KmsWorker => ({
  name: "kms-custom-store-connections",
  everyMs: 5 * SECOND_MS,
  run: async (now) => {
    const connecting = await kms().database.read((tx) => storesInState(tx, "CONNECTING", MOST_AT_ONCE));
    const abandoned = connecting.filter(({ stateSince }) => now.getTime() - stateSince.getTime() >= ABANDONED_MS);
    await Promise.all(
      abandoned.map((store) => finishConnecting(kms(), store, byTheHouse(kms(), "ConnectCustomKeyStore"))),
    );
  },
});

/** Asks every connected store how it is (kms E-9). The operator reads the answer; the store's state stays. */
export const storeHealthWorker = (kms: () => Kms): KmsWorker => {
  const unwell = new Set<string>();
  return {
    name: "kms-custom-store-health",
    everyMs: 5 * MINUTE_MS,
    run: async () => {
      const stores = await kms().database.read((tx) => storesInState(tx, "CONNECTED", MOST_AT_ONCE));
      await Promise.all(stores.map((store) => checkHealth(kms(), store, unwell)));
    },
  };
};

async function checkHealth(kms: Kms, store: CustomKeyStore, unwell: Set<string>): Promise<void> {
  const name = storeText(store);
  try {
    await kms.customStores.open(store).checkHealth?.(byTheHouse(kms, "KmsHealthCheck"));
    if (unwell.delete(name)) kms.log.info("custom-key-store-well-again", { store: name });
  } catch (thrown) {
    unwell.add(name);
    kms.log.warn("custom-key-store-unwell", { store: name, ...describeThrown(thrown) });
  }
}
