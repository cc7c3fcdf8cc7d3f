import { AwsError, table } from "../../base/index.js";
import type { ConnectionErrorCode, HsmSettings, StoreRef, StoreType, XksSettings } from "./port.js";

/** DISCONNECTING is AWS's; here a store is disconnected at once (kms K-3). */
export type ConnectionState = "CONNECTED" | "CONNECTING" | "DISCONNECTED" | "FAILED";

/** What is told of a store: all but its secret. */
export type StoreFacts = Omit<HsmSettings, "password"> | Omit<XksSettings, "secretAccessKey">;

export interface CustomKeyStore extends StoreRef {
  readonly name: string;
  readonly createdAt: Date;
  readonly state: ConnectionState;
  readonly stateSince: Date;
  /** In state FAILED only. */
  readonly errorCode?: ConnectionErrorCode;
  /** Grows with each change, so that work on an older one is not taken for work on this one. */
  readonly version: number;
  readonly facts: StoreFacts;
  /** The password of the cluster or the proxy's secret access key. */
  readonly sealedSecret: Uint8Array;
}

export const MOST_STORES = 10;

export const storeText = ({ account, region, id }: StoreRef): string => `${account}/${region}/${id}`;

export const noSuchStore = (): AwsError =>
  new AwsError("CustomKeyStoreNotFoundException", "The custom key store does not exist in this account and Region.");

export const invalidStoreState = (message: string): AwsError =>
  new AwsError("CustomKeyStoreInvalidStateException", message);

type Changed = Pick<CustomKeyStore, "state" | "stateSince" | "version">;

/** From one state to the next; a code of an earlier failure goes with it. */
function moved(store: CustomKeyStore, state: ConnectionState, now: Date): CustomKeyStore {
  const { errorCode: _over, ...rest } = store;
  return { ...rest, ...({ state, stateSince: now, version: store.version + 1 } satisfies Changed) };
}

/** A store that is connected, or about to be, stays as it is (kms K-4). */
export function beginConnecting(store: CustomKeyStore, now: Date): CustomKeyStore {
  if (store.state === "CONNECTED" || store.state === "CONNECTING") return store;
  if (store.state === "FAILED") {
    throw invalidStoreState(`The custom key store ${store.id} failed to connect. Disconnect it first.`);
  }
  return moved(store, "CONNECTING", now);
}

export const connected = (store: CustomKeyStore, now: Date): CustomKeyStore => moved(store, "CONNECTED", now);

export const failed = (store: CustomKeyStore, errorCode: ConnectionErrorCode, now: Date): CustomKeyStore => ({
  ...moved(store, "FAILED", now),
  errorCode,
});

export function disconnected(store: CustomKeyStore, now: Date): CustomKeyStore {
  if (store.state === "DISCONNECTED") throw invalidStoreState(`The custom key store ${store.id} is disconnected.`);
  return moved(store, "DISCONNECTED", now);
}

export function refuseUnlessDisconnected({ id, state }: CustomKeyStore): void {
  if (state !== "DISCONNECTED") throw invalidStoreState(`The custom key store ${id} is ${WORDS[state]}.`);
}

export function refuseUnlessConnected({ id, state }: CustomKeyStore): void {
  if (state !== "CONNECTED") throw invalidStoreState(`The custom key store ${id} is ${WORDS[state]}, not connected.`);
}

const WORDS = table({
  CONNECTED: "connected",
  CONNECTING: "connecting",
  DISCONNECTED: "disconnected",
  FAILED: "in the state FAILED",
} satisfies Record<ConnectionState, string>);

/** The origin of the keys of each type of store. */
export const ORIGINS = table({
  AWS_CLOUDHSM: "AWS_CLOUDHSM",
  EXTERNAL_KEY_STORE: "EXTERNAL_KEY_STORE",
} as const satisfies Record<StoreType, string>);
