import type { MaterialId } from "../../keystore/index.js";
import type { WriteTx } from "../../store/index.js";
import { markErased, promotePending } from "../imported/store.js";
import type { Key, KeyRef } from "../key.js";
import type { KeyMaterial } from "../rotation.js";
import { bump, countOf, findKey, updateKey } from "../store/index.js";
import { familyRole, refuseReplica, siblingsOf } from "./family.js";
import { bumpFamily } from "./family-rows.js";
import { withShared } from "./share.js";

// Imported material of related keys (kms I-18, R-10): the primary takes in what is new, and each replica then has a row
// that names it and waits until its own copy is brought. Nobody rotates to it before it is everywhere.

const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];
const OF_KEY = "account = ? AND region = ? AND key_id = ?";
const IS_WAITING = "state IN ('PENDING_ROTATION', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION')";

/** New material and its description come to the primary; replicas take in what it knows (kms I-11, I-18). */
export function refuseNewsForReplica(key: Key, isNew: boolean, description: string | undefined): void {
  if (isNew || description !== undefined) refuseReplica(key);
}

/** Rows for a replica: everything that the primary has, or has had, to be brought to this Region as well. */
export async function expectMaterials(tx: WriteTx, primary: KeyRef, replica: KeyRef): Promise<void> {
  await copyRows(tx, primary, replica, "");
  await settleWaiting(tx, primary);
}

/** New material of the primary, or its description, becomes known to the replicas. */
export async function tellOfMaterial(tx: WriteTx, primary: Key, id: MaterialId, description?: string): Promise<void> {
  if (familyRole(primary) !== "PRIMARY") return;
  for (const replica of siblingsOf(primary)) {
    await copyRows(tx, primary, replica, id);
    if (description === undefined) continue;
    const sql = `UPDATE kms_materials SET description = ? WHERE ${OF_KEY} AND id = ?`;
    await tx.run(sql, description, ...at(replica), id);
  }
}

/** One piece, or with an empty id all of them; rows that are there stay as they are. */
async function copyRows(tx: WriteTx, from: KeyRef, to: KeyRef, id: string): Promise<void> {
  // A replica that is still being created gets all of them when it is finished.
  if ((await findKey(tx, to))?.key.state === "Creating" && id !== "") return;
  await tx.run(
    `INSERT INTO kms_materials
       (account, region, key_id, id, position, state, rotated_at, rotation_type, public_key, import_state, description)
     SELECT account, ?, key_id, id, position, state, rotated_at, rotation_type, public_key, 'PENDING_IMPORT', description
     FROM kms_materials WHERE ${OF_KEY} AND (? = '' OR id = ?) AND (erased_at IS NULL OR NOT ${IS_WAITING})
     ON CONFLICT DO NOTHING`,
    to.region,
    ...at(from),
    id,
    id,
  );
  await bump(tx, to);
}

/**
 * Waiting material is ready for its rotation when every related key has a copy, and not before. To be asked whenever
 * a copy came or went, or a replica did. Works from any of the keys.
 */
export async function settleWaiting(tx: WriteTx, ref: KeyRef): Promise<void> {
  const key = (await findKey(tx, ref))?.key;
  if (key === undefined) return;
  const missing = await tx.get(
    `SELECT COUNT(*) AS count FROM kms_keys k WHERE k.account = ? AND k.id = ? AND NOT EXISTS (
       SELECT 1 FROM kms_materials m WHERE m.account = k.account AND m.region = k.region AND m.key_id = k.id
       AND m.${IS_WAITING} AND m.import_state = 'IMPORTED')`,
    key.account,
    key.id,
  );
  const state: KeyMaterial["state"] =
    countOf(missing) === 0 ? "PENDING_ROTATION" : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
  const sql = `UPDATE kms_materials SET state = ? WHERE account = ? AND key_id = ? AND ${IS_WAITING}`;
  await tx.run(sql, state, key.account, key.id);
  await bumpFamily(tx, key);
}

/**
 * Waiting material that its primary gave up goes from the replicas too (kms I-18): gives the keys whose copies are to be
 * destroyed after the commit.
 */
export async function dropFromReplicas(tx: WriteTx, key: Key, id: MaterialId, now: Date): Promise<readonly KeyRef[]> {
  if (familyRole(key) !== "PRIMARY") return [];
  const replicas = siblingsOf(key);
  for (const replica of replicas) await markErased(tx, replica, id, now);
  return replicas;
}

/** The rotation of the primary, in its replicas: all of them hold the material by now. */
export async function promoteInReplicas(tx: WriteTx, primary: Key, id: MaterialId, now: Date): Promise<Key[]> {
  const replicas: Key[] = [];
  for (const ref of familyRole(primary) === "PRIMARY" ? siblingsOf(primary) : []) {
    const replica = (await findKey(tx, ref))?.key;
    if (replica === undefined || replica.state === "Creating") continue;
    await promotePending(tx, ref, id, now);
    await updateKey(tx, withShared(replica, primary));
    replicas.push(replica);
  }
  return replicas;
}
