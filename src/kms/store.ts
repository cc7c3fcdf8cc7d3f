import { type AccountId, needs, type Region } from "../base/index.js";
import type { Material, MaterialId } from "../keystore/index.js";
import type { ReadTx, SqlValue, WriteTx } from "../store/index.js";
import type { Alias } from "./alias.js";
import { bump } from "./changes/store.js";
import { keepPastKey } from "./costs/store.js";
import type { CustomKeyStore } from "./custom-stores/custom-key-store.js";
import { findStore } from "./custom-stores/store.js";
import { type Imported, summaryOf } from "./imported/summary.js";
import {
  type Key,
  type KeyFamily,
  type KeyId,
  type KeyInStore,
  type KeyLife,
  type KeyRef,
  keyArn,
  type Tag,
} from "./key.js";
import { familyRows } from "./multi-region/family-rows.js";
import type { KeyMaterial } from "./rotation.js";

export { ALL_KEYS, bump, type Change, changesAfter, KEPT_CHANGES } from "./changes/store.js";

/** Where a key's rows are: the first three values of every statement about one key. */
const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];

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

// Materials: the newest encrypts, all of them decrypt.

interface MaterialRow {
  readonly id: MaterialId;
  readonly state: KeyMaterial["state"];
  readonly rotated_at: number | null;
  readonly rotation_type: "AUTOMATIC" | "ON_DEMAND" | null;
  readonly public_key: Uint8Array | null;
  readonly import_state: "IMPORTED" | "PENDING_IMPORT" | null;
  readonly description: string | null;
  readonly valid_to: number | null;
}

/** Oldest first. A key has few: one for each rotation. What waited and is being destroyed is forgotten already. */
export async function materialsOf(tx: ReadTx, ref: KeyRef): Promise<KeyMaterial[]> {
  const rows = await tx.all<MaterialRow>(
    `SELECT id, state, rotated_at, rotation_type, import_state, description, valid_to, public_key FROM kms_materials
     WHERE account = ? AND region = ? AND key_id = ? AND (erased_at IS NULL OR state IN ('CURRENT', 'NON_CURRENT'))
     ORDER BY position LIMIT 10000`,
    ...at(ref),
  );
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    ...(row.public_key === null ? {} : { publicKey: row.public_key }),
    ...(row.rotated_at === null || row.rotation_type === null
      ? {}
      : { rotated: { at: new Date(row.rotated_at), type: row.rotation_type } }),
    ...(row.import_state === null ? {} : { imported: importedOf(row) }),
  }));
}

const importedOf = ({ import_state, description, valid_to }: MaterialRow): Imported => ({
  isHere: import_state === "IMPORTED",
  ...(description === null ? {} : { description }),
  ...(valid_to === null ? {} : { validTo: new Date(valid_to) }),
});

/** Adds the material as the current one; what was current stays for decryption. */
export async function addMaterial(tx: WriteTx, ref: KeyRef, material: KeyMaterial): Promise<void> {
  await tx.run(
    "UPDATE kms_materials SET state = 'NON_CURRENT' WHERE account = ? AND region = ? AND key_id = ?",
    ...at(ref),
  );
  await tx.run(
    `INSERT INTO kms_materials
     (account, region, key_id, id, position, state, rotated_at, rotation_type, public_key)
     SELECT ?, ?, ?, ?, COUNT(*), 'CURRENT', ?, ?, ? FROM kms_materials WHERE account = ? AND region = ? AND key_id = ?`,
    ...at(ref),
    material.id,
    material.rotated?.at.getTime() ?? null,
    material.rotated?.type ?? null,
    material.publicKey ?? null,
    ...at(ref),
  );
  await bump(tx, ref);
}

/** Gives a new replica, which has none, all the materials of its primary, as they stand there. */
export async function copyMaterials(tx: WriteTx, from: KeyRef, to: KeyRef): Promise<void> {
  await tx.run(
    `INSERT INTO kms_materials (account, region, key_id, id, position, state, rotated_at, rotation_type, public_key)
     SELECT account, ?, key_id, id, position, state, rotated_at, rotation_type, public_key FROM kms_materials
     WHERE account = ? AND region = ? AND key_id = ?`,
    to.region,
    ...at(from),
  );
  await bump(tx, to);
}

/** Whether any key, or any AWS owned key, is made of this material. */
export async function isNamed(tx: ReadTx, { id, owner }: Material): Promise<boolean> {
  const { account, region, keyId } = owner;
  const found = await tx.get(
    `SELECT (SELECT COUNT(*) FROM kms_materials WHERE account = ? AND region = ? AND key_id = ? AND id = ?)
          + (SELECT COUNT(*) FROM kms_keys WHERE account = ? AND region = ? AND id = ? AND material = ?)
          + (SELECT COUNT(*) FROM kms_owned_keys WHERE material = ?)
          + (SELECT COUNT(*) FROM kms_owned_signing_keys WHERE material = ?) AS count`,
    ...[account, region, keyId, id],
    ...[account, region, keyId, id],
    id,
    id,
  );
  return countOf(found) > 0;
}

// Work that is due. A key marked `deleting` is finished by the next run, wherever the last one was killed.

export async function keysToDestroy(tx: ReadTx, now: Date, limit: number): Promise<KeyRef[]> {
  return tx.all<KeyRef>(
    `SELECT account, region, id FROM kms_keys
     WHERE deletion_at IS NOT NULL AND deletion_at <= ? AND state = 'PendingDeletion' ORDER BY deletion_at, id LIMIT ?`,
    now.getTime(),
    limit,
  );
}

export async function keysToRotate(tx: ReadTx, now: Date, limit: number): Promise<KeyRef[]> {
  return tx.all<KeyRef>(
    `SELECT account, region, id FROM kms_keys
     WHERE rotation_at IS NOT NULL AND rotation_at <= ? AND state = 'Enabled'
     AND (primary_region IS NULL OR primary_region = region) ORDER BY rotation_at, id LIMIT ?`,
    now.getTime(),
    limit,
  );
}

export async function markDeleting(tx: WriteTx, ref: KeyRef, now: Date): Promise<boolean> {
  const { changes } = await tx.run(
    `UPDATE kms_keys SET deleting = 1 WHERE account = ? AND region = ? AND id = ?
     AND state = 'PendingDeletion' AND deletion_at <= ?`,
    ...at(ref),
    now.getTime(),
  );
  if (changes > 0) await bump(tx, ref);
  return changes > 0;
}

export async function removeKey(tx: WriteTx, ref: KeyRef): Promise<void> {
  await keepPastKey(tx, ref);
  for (const table of ["kms_materials", "kms_aliases", "kms_grants", "kms_usage", "kms_region_work"]) {
    await tx.run(`DELETE FROM ${table} WHERE account = ? AND region = ? AND key_id = ?`, ...at(ref));
  }
  await tx.run("DELETE FROM kms_keys WHERE account = ? AND region = ? AND id = ? AND deleting = 1", ...at(ref));
  await bump(tx, ref);
}

// Aliases.

interface AliasRow {
  readonly account: AccountId;
  readonly region: Region;
  readonly name: string;
  readonly key_id: KeyId;
  readonly created_at: number;
  readonly updated_at: number;
}

const alias = ({ key_id, created_at, updated_at, account, region, name }: AliasRow): Alias => ({
  account,
  region,
  name,
  keyId: key_id,
  createdAt: new Date(created_at),
  updatedAt: new Date(updated_at),
});

export async function findAlias(tx: ReadTx, account: string, region: string, name: string): Promise<Alias | undefined> {
  const sql = "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND name = ?";
  const row = await tx.get<AliasRow>(sql, account, region, name);
  return row === undefined ? undefined : alias(row);
}

export async function aliasesOf(tx: ReadTx, ref: KeyRef): Promise<Alias[]> {
  const rows = await tx.all<AliasRow>(
    "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND key_id = ? ORDER BY name LIMIT 1000",
    ...at(ref),
  );
  return rows.map(alias);
}

export async function aliasesAfter(tx: ReadTx, account: string, region: string, after: string, limit: number) {
  const rows = await tx.all<AliasRow>(
    "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
    account,
    region,
    after,
    limit,
  );
  return rows.map(alias);
}

export async function insertAlias(tx: WriteTx, made: Alias): Promise<void> {
  await tx.run(
    "INSERT INTO kms_aliases (account, region, name, key_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
    made.account,
    made.region,
    made.name,
    made.keyId,
    made.createdAt.getTime(),
    made.updatedAt.getTime(),
  );
  await bump(tx, targetOf(made));
}

/** Points the alias at another key. Both keys change: aliases are part of what a key is found and authorized by. */
export async function moveAlias(tx: WriteTx, from: Alias, keyId: KeyId, now: Date): Promise<void> {
  await tx.run(
    "UPDATE kms_aliases SET key_id = ?, updated_at = ? WHERE account = ? AND region = ? AND name = ?",
    keyId,
    now.getTime(),
    from.account,
    from.region,
    from.name,
  );
  await bump(tx, targetOf(from));
  await bump(tx, targetOf({ ...from, keyId }));
}

export async function deleteAlias(tx: WriteTx, gone: Alias): Promise<void> {
  const sql = "DELETE FROM kms_aliases WHERE account = ? AND region = ? AND name = ?";
  await tx.run(sql, gone.account, gone.region, gone.name);
  await bump(tx, targetOf(gone));
}

export const targetOf = (of: Alias): KeyRef => ({ account: of.account, region: of.region, id: of.keyId });

export const countOf = (row: unknown): number => Number((row as { count: number | bigint }).count); // every SELECT COUNT(*) AS count
