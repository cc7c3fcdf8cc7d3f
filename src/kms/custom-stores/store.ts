import type { AccountId, Region } from "../../base/index.js";
import type { ReadTx, SqlValue, WriteTx } from "../../store/index.js";
import { bumpAll } from "../changes/store.js";
import { type ConnectionState, type CustomKeyStore, MOST_STORES, type StoreFacts } from "./custom-key-store.js";
import type { ConnectionErrorCode, StoreRef } from "./port.js";

interface StoreRow {
  readonly account: AccountId;
  readonly region: Region;
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly version: number;
  readonly state: ConnectionState;
  readonly state_since: number;
  readonly error_code: ConnectionErrorCode | null;
  readonly facts: string;
  readonly secret: Uint8Array;
}

const storeOf = (row: StoreRow): CustomKeyStore => ({
  account: row.account,
  region: row.region,
  id: row.id,
  name: row.name,
  createdAt: new Date(row.created_at),
  state: row.state,
  stateSince: new Date(row.state_since),
  ...(row.error_code === null ? {} : { errorCode: row.error_code }),
  version: row.version,
  facts: JSON.parse(row.facts) as StoreFacts, // written by `columns`
  sealedSecret: row.secret,
});

export async function findStore(tx: ReadTx, { account, region, id }: StoreRef): Promise<CustomKeyStore | undefined> {
  const sql = "SELECT * FROM kms_custom_key_stores WHERE account = ? AND region = ? AND id = ?";
  const row = await tx.get<StoreRow>(sql, account, region, id);
  return row === undefined ? undefined : storeOf(row);
}

/** All of an account in a Region, in the order of their ids: there are never more than ten. */
export async function storesIn(tx: ReadTx, account: AccountId, region: Region): Promise<CustomKeyStore[]> {
  const rows = await tx.all<StoreRow>(
    "SELECT * FROM kms_custom_key_stores WHERE account = ? AND region = ? ORDER BY id LIMIT ?",
    account,
    region,
    MOST_STORES,
  );
  return rows.map(storeOf);
}

/** Of every account and Region: for the work between requests. */
export async function storesInState(tx: ReadTx, state: ConnectionState, limit: number): Promise<CustomKeyStore[]> {
  const rows = await tx.all<StoreRow>(
    "SELECT * FROM kms_custom_key_stores WHERE state = ? ORDER BY account, region, id LIMIT ?",
    state,
    limit,
  );
  return rows.map(storeOf);
}

const columns = (store: CustomKeyStore): Record<string, SqlValue> => ({
  account: store.account,
  region: store.region,
  id: store.id,
  name: store.name,
  created_at: store.createdAt.getTime(),
  version: store.version,
  state: store.state,
  state_since: store.stateSince.getTime(),
  error_code: store.errorCode ?? null,
  facts: JSON.stringify(store.facts),
  secret: store.sealedSecret,
});

/** Inserts the store or replaces it. The state of every key in it may change with it: all processes forget theirs. */
export async function putStore(tx: WriteTx, store: CustomKeyStore): Promise<void> {
  await deleteRow(tx, store);
  const row = columns(store);
  const names = Object.keys(row);
  const sql = `INSERT INTO kms_custom_key_stores (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  await tx.run(sql, ...Object.values(row));
  await bumpAll(tx);
}

export async function removeStore(tx: WriteTx, store: StoreRef): Promise<void> {
  await deleteRow(tx, store);
  await bumpAll(tx);
}

async function deleteRow(tx: WriteTx, { account, region, id }: StoreRef): Promise<void> {
  await tx.run("DELETE FROM kms_custom_key_stores WHERE account = ? AND region = ? AND id = ?", account, region, id);
}

/** Keys in any state, those that are being destroyed included. */
export async function hasKeys(tx: ReadTx, { account, region, id }: StoreRef): Promise<boolean> {
  const sql = "SELECT 1 AS found FROM kms_keys WHERE account = ? AND region = ? AND custom_store = ? LIMIT 1";
  return (await tx.get(sql, account, region, id)) !== undefined;
}

export async function isExternalKeyTaken(tx: ReadTx, store: StoreRef, externalKeyId: string): Promise<boolean> {
  const { account, region, id } = store;
  const sql = `SELECT 1 AS found FROM kms_keys
    WHERE account = ? AND region = ? AND custom_store = ? AND external_key = ?`;
  return (await tx.get(sql, account, region, id, externalKeyId)) !== undefined;
}

/** Where a key that is being destroyed lies: `findKey` does not see it any more. */
export async function placeInStore(
  tx: ReadTx,
  key: StoreRef,
): Promise<{ readonly store: CustomKeyStore; readonly externalKeyId: string } | undefined> {
  const sql = "SELECT custom_store, external_key FROM kms_keys WHERE account = ? AND region = ? AND id = ?";
  const row = await tx.get<{ custom_store: string | null; external_key: string | null }>(
    sql,
    key.account,
    key.region,
    key.id,
  );
  if (row === undefined || row.custom_store === null || row.external_key === null) return undefined;
  const store = await findStore(tx, { ...key, id: row.custom_store });
  return store === undefined ? undefined : { store, externalKeyId: row.external_key };
}
