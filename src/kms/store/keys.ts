import { type AccountId, needs, type Region } from "../../base/index.js";
import type { MaterialId } from "../../keystore/index.js";
import type { ReadTx, SqlValue, WriteTx } from "../../store/index.js";
import { bump } from "../changes/store.js";
import type { CustomKeyStore } from "../custom-stores/custom-key-store.js";
import { findStore } from "../custom-stores/store.js";
import { summaryOf } from "../imported/summary.js";
import {
  type Key,
  type KeyFamily,
  type KeyId,
  type KeyInStore,
  type KeyLife,
  type KeyRef,
  keyArn,
  type Tag,
} from "../key.js";
import { familyRows } from "../multi-region/family-rows.js";
import type { KeyMaterial } from "../rotation.js";
import { materialsOf } from "./materials.js";
import { at, countOf } from "./rows.js";

/** A key and its policy: the text as written, and the unique ids that stand for principals in it (kms P-8). */
export interface StoredKey {
  readonly key: Key;
  readonly policy: string;
  readonly principals: Readonly<Record<string, string>>;
  /** The custom key store that the key is in. */
  readonly store?: CustomKeyStore;
}

interface KeyRow {
  readonly account: AccountId;
  readonly region: Region;
  readonly id: KeyId;
  readonly manager: Key["manager"];
  readonly spec: Key["spec"];
  readonly key_usage: Key["usage"];
  readonly origin: Key["origin"];
  readonly primary_region: Region | null;
  readonly description: string;
  readonly created_at: number;
  readonly state: Key["state"];
  readonly material: MaterialId | null;
  readonly deletion_at: number | null;
  readonly window_days: number | null;
  readonly rotation_days: number | null;
  readonly rotation_at: number | null;
  readonly on_demand_rotations: number;
  readonly tags: string;
  readonly policy: string;
  readonly principals: string;
  readonly custom_store: string | null;
  readonly external_key: string | null;
}

/** A key that is being destroyed is gone for everybody but the worker that destroys it. */
export async function findKey(tx: ReadTx, ref: KeyRef): Promise<StoredKey | undefined> {
  const row = await tx.get<KeyRow>(
    "SELECT * FROM kms_keys WHERE account = ? AND region = ? AND id = ? AND deleting = 0",
    ...at(ref),
  );
  if (row === undefined) return undefined;
  const inStore = row.custom_store === null ? undefined : await findStore(tx, { ...ref, id: row.custom_store });
  const stored = storedKey(row, inStore, await familyOf(tx, row));
  return row.origin === "EXTERNAL" ? withImported(stored, await materialsOf(tx, ref)) : stored;
}

const withImported = (stored: StoredKey, materials: readonly KeyMaterial[]): StoredKey => ({
  ...stored,
  key: { ...stored.key, imported: summaryOf(materials) },
});

export async function keysAfter(tx: ReadTx, account: string, region: string, after: string, limit: number) {
  return tx.all<{ id: KeyId }>(
    "SELECT id FROM kms_keys WHERE account = ? AND region = ? AND id > ? AND deleting = 0 ORDER BY id LIMIT ?",
    account,
    region,
    after,
    limit,
  );
}

export async function countCustomerKeys(tx: ReadTx, account: string, region: string): Promise<number> {
  const sql = "SELECT COUNT(*) AS count FROM kms_keys WHERE account = ? AND region = ? AND manager = 'CUSTOMER'";
  return countOf(await tx.get(sql, account, region));
}

export async function insertKey(tx: WriteTx, stored: StoredKey): Promise<void> {
  const row = { ...at3(stored.key), ...fixedColumns(stored.key), ...lifeColumns(stored.key), ...policyColumns(stored) };
  const names = Object.keys(row);
  const marks = names.map(() => "?").join(", ");
  await tx.run(`INSERT INTO kms_keys (${names.join(", ")}) VALUES (${marks})`, ...Object.values<SqlValue>(row));
  await bump(tx, stored.key);
}

export async function updateKey(tx: WriteTx, key: Key): Promise<void> {
  await setColumns(tx, key, lifeColumns(key));
}

export async function updatePolicy(tx: WriteTx, stored: StoredKey): Promise<void> {
  await setColumns(tx, stored.key, policyColumns(stored));
}

async function setColumns(tx: WriteTx, ref: KeyRef, columns: Record<string, SqlValue>): Promise<void> {
  const sets = Object.keys(columns).map((name) => `${name} = ?`);
  const sql = `UPDATE kms_keys SET ${sets.join(", ")} WHERE account = ? AND region = ? AND id = ? AND deleting = 0`;
  const { changes } = await tx.run(sql, ...Object.values(columns), ...at(ref));
  needs(changes === 1, "a key that was read in this transaction is still there");
  await bump(tx, ref);
}

const at3 = (ref: KeyRef) => ({ account: ref.account, region: ref.region, id: ref.id });

const fixedColumns = (key: Key): Record<string, SqlValue> => ({
  manager: key.manager,
  spec: key.spec,
  key_usage: key.usage,
  origin: key.origin,
  multi_region: key.family === undefined ? 0 : 1,
  primary_region: key.family?.primary ?? null,
  created_at: key.createdAt.getTime(),
  deleting: 0,
  custom_store: key.customStore?.id ?? null,
  external_key: key.customStore?.externalKeyId ?? null,
});

const lifeColumns = (key: Key): Record<string, SqlValue> => ({
  description: key.description,
  state: key.state === "Unavailable" ? key.remembered : key.state,
  material: key.material ?? null,
  deletion_at: key.state === "PendingDeletion" ? key.deletionAt.getTime() : null,
  window_days:
    key.state === "PendingReplicaDeletion" || key.state === "PendingDeletion" ? (key.windowDays ?? null) : null,
  rotation_days: key.rotation?.periodDays ?? null,
  rotation_at: key.rotation?.nextAt.getTime() ?? null,
  on_demand_rotations: key.onDemandRotations,
  tags: JSON.stringify(key.tags),
});

const policyColumns = (stored: StoredKey) => ({
  policy: stored.policy,
  principals: JSON.stringify(stored.principals),
});

async function familyOf(tx: ReadTx, { account, id, primary_region: primary }: KeyRow): Promise<KeyFamily | undefined> {
  if (primary === null) return undefined;
  const regions = await familyRows(tx, { account, id });
  return { primary, replicas: regions.filter((region) => region !== primary) };
}

function storedKey(row: KeyRow, store: CustomKeyStore | undefined, family: KeyFamily | undefined): StoredKey {
  const ref: KeyRef = { account: row.account, region: row.region, id: row.id };
  const key: Key = {
    ...ref,
    arn: keyArn(ref),
    manager: row.manager,
    spec: row.spec,
    usage: row.key_usage,
    origin: row.origin,
    ...(family === undefined ? {} : { family }),
    description: row.description,
    createdAt: new Date(row.created_at),
    tags: JSON.parse(row.tags) as Tag[], // written by lifeColumns
    onDemandRotations: row.on_demand_rotations,
    ...(row.rotation_days === null || row.rotation_at === null
      ? {}
      : { rotation: { periodDays: row.rotation_days, nextAt: new Date(row.rotation_at) } }),
    ...(store === undefined ? {} : { customStore: keyInStore(store, row.external_key ?? "") }),
    ...visibleLife(lifeOf(row), store),
  };
  const principals = JSON.parse(row.principals) as Record<string, string>; // written by policyColumns
  return { key, policy: row.policy, principals, ...(store === undefined ? {} : { store }) };
}

const keyInStore = ({ id, facts }: CustomKeyStore, externalKeyId: string): KeyInStore => ({
  id,
  type: facts.type,
  externalKeyId,
  ...(facts.type === "AWS_CLOUDHSM" ? { clusterId: facts.clusterId } : {}),
});

/** What a key is able to do ends with the connection of its store, and comes back with it (kms section 2, K-8). */
function visibleLife(life: KeyLife, store: CustomKeyStore | undefined): KeyLife {
  if (store === undefined || store.state === "CONNECTED") return life;
  if (life.state !== "Enabled" && life.state !== "Disabled") return life;
  return { state: "Unavailable", material: life.material, remembered: life.state };
}

function lifeOf(row: KeyRow): KeyLife {
  const { state, material } = row;
  needs(state !== "Unavailable", "a key's rows keep the state that comes back with its store");
  if (state === "Creating") return { state };
  if (state === "PendingImport") return { state, material: material ?? undefined };
  if (state === "PendingDeletion") {
    const given = row.window_days === null ? {} : { windowDays: row.window_days };
    return { state, material: material ?? undefined, deletionAt: new Date(row.deletion_at ?? 0), ...given };
  }
  if (state === "PendingReplicaDeletion") {
    return { state, material: material ?? undefined, windowDays: row.window_days ?? 0 };
  }
  needs(material !== null, "a key in a state with material has one");
  return { state, material };
}
