import { AwsError } from "../../base/index.js";
import type { WriteTx } from "../../store/index.js";
import type { Kms } from "../kms.js";
import { changeStore } from "./connect.js";
import {
  type CustomKeyStore,
  invalidStoreState,
  MOST_STORES,
  noSuchStore,
  refuseUnlessDisconnected,
  type StoreFacts,
} from "./custom-key-store.js";
import type { HsmSettings, StoreRef, StoreSettings, StoreUse, XksSettings } from "./port.js";
import { findStore, hasKeys, putStore, removeStore, storesIn } from "./store.js";

type Commit = <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>;

/** What UpdateCustomKeyStore asks for; what is not there stays as it is. */
export interface StoreChange {
  readonly name?: string | undefined;
  readonly hsm?: Partial<Pick<HsmSettings, "clusterId" | "password">>;
  readonly xks?: Partial<Omit<XksSettings, keyof StoreRef | "type">>;
}

export const newStoreRef = (kms: Kms, place: Pick<StoreRef, "account" | "region">): StoreRef => ({
  ...place,
  id: kms.ids.next("cks"),
});

/** The rows of other stores are asked first, so that a store that cannot be made contacts nobody. */
export async function createStore(
  kms: Kms,
  name: string,
  settings: StoreSettings,
  use: StoreUse,
  commit: Commit,
): Promise<CustomKeyStore> {
  const store = storeFrom(kms, name, settings);
  await kms.database.read(async (tx) => refuseTaken(await storesIn(tx, store.account, store.region), store));
  await checkSettings(kms, settings, use);
  return commit(async (tx) => {
    refuseTaken(await storesIn(tx, store.account, store.region), store);
    await putStore(tx, store);
    return store;
  });
}

function storeFrom(kms: Kms, name: string, settings: StoreSettings): CustomKeyStore {
  const { account, region, id } = settings;
  const now = kms.clock.now();
  const rest = { name, createdAt: now, state: "DISCONNECTED", stateSince: now, version: 1 } as const;
  return { account, region, id, ...rest, ...secretly(kms, settings) };
}

/** What of the settings is shown, and what is sealed. */
function secretly(kms: Kms, settings: StoreSettings): { facts: StoreFacts; sealedSecret: Buffer } {
  if (settings.type === "AWS_CLOUDHSM") {
    const { password, ...facts } = settings;
    return { facts, sealedSecret: kms.customStores.seal(password, settings) };
  }
  const { secretAccessKey, ...facts } = settings;
  return { facts, sealedSecret: kms.customStores.seal(secretAccessKey, settings) };
}

async function checkSettings(kms: Kms, settings: StoreSettings, use: StoreUse, previous?: StoreSettings) {
  const { kinds } = kms.customStores;
  if (settings.type === "AWS_CLOUDHSM") {
    return kinds.AWS_CLOUDHSM.check(settings, use, previous?.type === settings.type ? previous : undefined);
  }
  return kinds.EXTERNAL_KEY_STORE.check(settings, use, previous?.type === settings.type ? previous : undefined);
}

export async function updateStore(
  kms: Kms,
  ref: StoreRef,
  change: StoreChange,
  use: StoreUse,
  commit: Commit,
): Promise<CustomKeyStore> {
  const store = await kms.database.read((tx) => findStore(tx, ref));
  if (store === undefined) throw noSuchStore();
  refuseUnlessChangeable(store, change);
  const settings = change.hsm || change.xks ? withChange(kms.customStores.settingsOf(store), change) : undefined;
  if (settings !== undefined) await checkSettings(kms, settings, use, kms.customStores.settingsOf(store));
  const changed: CustomKeyStore = {
    ...store,
    version: store.version + 1,
    name: change.name ?? store.name,
    ...(settings === undefined ? {} : secretly(kms, settings)),
  };
  return commit(async (tx) => {
    const stores = await storesIn(tx, ref.account, ref.region);
    const others = stores.filter(({ id }) => id !== ref.id);
    refuseTaken(others, changed);
    return changeStore(tx, ref, (current) => {
      // The proxy or the cluster was asked about the store as it was: another change must not slip in between.
      if (current.version !== store.version) throw invalidStoreState(`The custom key store ${ref.id} is changing.`);
      return changed;
    });
  });
}

/** Anything while disconnected; while connected the name, and of a proxy its path and credential (kms K-6, 15-11). */
function refuseUnlessChangeable(store: CustomKeyStore, { hsm, xks }: StoreChange): void {
  const isXks = store.facts.type === "EXTERNAL_KEY_STORE";
  if (isXks ? hsm !== undefined : xks !== undefined) {
    throw new AwsError(
      "ValidationException",
      `The change does not go with the type of the custom key store ${store.id}.`,
    );
  }
  const { path: _path, accessKeyId: _id, secretAccessKey: _secret, ...others } = xks ?? {};
  const isSmall = hsm === undefined && Object.values(others).every((value) => value === undefined);
  if (store.state !== "CONNECTED" || !isSmall) refuseUnlessDisconnected(store);
}

function withChange(settings: StoreSettings, { hsm, xks }: StoreChange): StoreSettings {
  const changed = { ...settings, ...given(hsm ?? {}), ...given(xks ?? {}) };
  if (changed.type === "AWS_CLOUDHSM") return changed;
  if (changed.connectivity === "VPC_ENDPOINT_SERVICE" && changed.vpcService === undefined) {
    throw new AwsError("ValidationException", "VPC_ENDPOINT_SERVICE needs an XksProxyVpcEndpointServiceName.");
  }
  if (changed.connectivity === "VPC_ENDPOINT_SERVICE") return changed;
  if (xks?.vpcService !== undefined || xks?.vpcServiceOwner !== undefined) {
    throw new AwsError("ValidationException", "PUBLIC_ENDPOINT goes without a VPC endpoint service.");
  }
  const { vpcService: _service, vpcServiceOwner: _owner, ...publicly } = changed;
  return publicly;
}

const given = <T extends object>(members: T): Partial<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>; // the same members, fewer

export async function deleteStore(tx: WriteTx, ref: StoreRef): Promise<CustomKeyStore> {
  const store = await findStore(tx, ref);
  if (store === undefined) throw noSuchStore();
  refuseUnlessDisconnected(store);
  if (await hasKeys(tx, ref)) {
    throw new AwsError("CustomKeyStoreHasCMKsException", `The custom key store ${ref.id} has KMS keys.`);
  }
  await removeStore(tx, ref);
  return store;
}

/** Names, clusters and proxies belong to one store of an account and Region (kms K-1, K-9, E-3). */
function refuseTaken(others: readonly CustomKeyStore[], store: CustomKeyStore): void {
  if (others.length >= MOST_STORES) {
    throw new AwsError(
      "LimitExceededException",
      `The account has ${MOST_STORES} custom key stores in ${store.region}.`,
    );
  }
  for (const other of others) {
    if (other.name === store.name) throw taken("CustomKeyStoreNameInUseException", "this name");
    refuseSamePlace(other.facts, store.facts);
  }
}

function refuseSamePlace(other: StoreFacts, facts: StoreFacts): void {
  if (facts.type === "AWS_CLOUDHSM") {
    if (other.type === facts.type && other.clusterId === facts.clusterId)
      throw taken("CloudHsmClusterInUseException", "this cluster");
    return;
  }
  if (other.type !== facts.type) return;
  if (facts.vpcService !== undefined && facts.vpcService === other.vpcService)
    throw taken("XksProxyVpcEndpointServiceInUseException", "this VPC endpoint service");
  if (facts.endpoint.toLowerCase() !== other.endpoint.toLowerCase()) return;
  if (facts.path === other.path) throw taken("XksProxyUriInUseException", "this proxy URI");
  const isShared = facts.connectivity === "PUBLIC_ENDPOINT" && other.connectivity === "PUBLIC_ENDPOINT";
  if (!isShared) throw taken("XksProxyUriEndpointInUseException", "this proxy endpoint");
}

const taken = (code: string, what: string) =>
  new AwsError(code, `Another custom key store of this account and Region has ${what}.`);
