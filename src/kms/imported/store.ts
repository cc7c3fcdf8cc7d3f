import type { MadeMaterial, MaterialId } from "../../keystore/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { getStoredKey } from "../change-key.js";
import type { Key, KeyRef } from "../key.js";
import type { KeyMaterial } from "../rotation.js";
import { bump, countOf, materialsOf } from "../store/index.js";
import type { Imported } from "./summary.js";

const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];
const OF_KEY = "account = ? AND region = ? AND key_id = ?";

/** A key as an import finds it. */
export interface Importing {
  readonly key: Key;
  readonly materials: readonly KeyMaterial[];
  /**
   * Goes up with every piece that is taken away. An import that began before it went up may have put its bytes where
   * they were just destroyed, so it does not count.
   */
  readonly erasures: number;
  /** A piece is being destroyed in the key store, or was when a process died. */
  readonly isErasing: boolean;
}

export async function readImporting(tx: ReadTx, ref: KeyRef): Promise<Importing> {
  const { key } = await getStoredKey(tx, ref);
  const counted = await tx.get(
    "SELECT erasures AS count FROM kms_keys WHERE account = ? AND region = ? AND id = ?",
    ...at(ref),
  );
  const owed = await tx.get(
    `SELECT COUNT(*) AS count FROM kms_materials WHERE ${OF_KEY} AND erased_at IS NOT NULL`,
    ...at(ref),
  );
  const materials = await materialsOf(tx, ref);
  return { key, materials, erasures: countOf(counted), isErasing: countOf(owed) > 0 };
}

export async function insertImported(
  tx: WriteTx,
  ref: KeyRef,
  { id, publicKey }: Pick<MadeMaterial, "id" | "publicKey">,
  state: KeyMaterial["state"],
  imported: Imported,
): Promise<void> {
  await tx.run(
    `INSERT INTO kms_materials
       (account, region, key_id, id, position, state, public_key, import_state, description, valid_to)
     SELECT ?, ?, ?, ?, COUNT(*), ?, ?, ?, ?, ? FROM kms_materials WHERE ${OF_KEY}`,
    ...at(ref),
    id,
    state,
    publicKey ?? null,
    ...columns(imported),
    ...at(ref),
  );
  await bump(tx, ref);
}

/** The material is here again, with what the import said of it. */
export async function updateImported(tx: WriteTx, ref: KeyRef, id: MaterialId, imported: Imported): Promise<void> {
  const sql = `UPDATE kms_materials SET import_state = ?, description = ?, valid_to = ? WHERE ${OF_KEY} AND id = ?`;
  await tx.run(sql, ...columns(imported), ...at(ref), id);
  await bump(tx, ref);
}

const columns = ({ isHere, description, validTo }: Imported): [string, string | null, number | null] => [
  isHere ? "IMPORTED" : "PENDING_IMPORT",
  description ?? null,
  validTo?.getTime() ?? null,
];

/** From here on nobody uses the material, and the key store owes its destruction. */
export async function markErased(tx: WriteTx, ref: KeyRef, id: MaterialId, now: Date): Promise<void> {
  await tx.run(
    `UPDATE kms_materials SET import_state = 'PENDING_IMPORT', valid_to = NULL, erased_at = ? WHERE ${OF_KEY} AND id = ?`,
    now.getTime(),
    ...at(ref),
    id,
  );
  await tx.run("UPDATE kms_keys SET erasures = erasures + 1 WHERE account = ? AND region = ? AND id = ?", ...at(ref));
  await bump(tx, ref);
}

/**
 * After the destruction. What belongs to the key stays known by its id; what only waited is forgotten (kms I-14), but
 * for a replica's copy of what its primary still has.
 */
export async function settleErased(tx: WriteTx, ref: KeyRef, id: MaterialId): Promise<void> {
  const isErased = `${OF_KEY} AND id = ? AND erased_at IS NOT NULL`;
  if (!(await isWantedByPrimary(tx, ref, id))) {
    await tx.run(
      `DELETE FROM kms_materials WHERE ${isErased} AND state NOT IN ('CURRENT', 'NON_CURRENT')`,
      ...at(ref),
      id,
    );
  }
  await tx.run(`UPDATE kms_materials SET erased_at = NULL WHERE ${isErased}`, ...at(ref), id);
  await bump(tx, ref);
}

async function isWantedByPrimary(tx: ReadTx, ref: KeyRef, id: MaterialId): Promise<boolean> {
  const found = await tx.get(
    `SELECT COUNT(*) AS count FROM kms_keys k JOIN kms_materials m
       ON m.account = k.account AND m.region = k.primary_region AND m.key_id = k.id
     WHERE k.account = ? AND k.region = ? AND k.id = ? AND k.primary_region <> k.region AND m.id = ? AND m.erased_at IS NULL`,
    ...at(ref),
    id,
  );
  return countOf(found) > 0;
}

/** The waiting material becomes the current one, and what was current stays for decryption (kms R-8). */
export async function promotePending(tx: WriteTx, ref: KeyRef, id: MaterialId, now: Date): Promise<void> {
  await tx.run(`UPDATE kms_materials SET state = 'NON_CURRENT' WHERE ${OF_KEY} AND state = 'CURRENT'`, ...at(ref));
  await tx.run(
    `UPDATE kms_materials SET state = 'CURRENT', rotated_at = ?, rotation_type = 'ON_DEMAND' WHERE ${OF_KEY} AND id = ?`,
    now.getTime(),
    ...at(ref),
    id,
  );
  await bump(tx, ref);
}

export interface MaterialRef extends KeyRef {
  readonly material: MaterialId;
}

const MATERIAL_REF = "SELECT account, region, key_id AS id, id AS material FROM kms_materials";

/** Imported material whose time has come. */
export async function materialsToExpire(tx: ReadTx, now: Date, limit: number): Promise<MaterialRef[]> {
  return tx.all<MaterialRef>(
    `${MATERIAL_REF} WHERE valid_to <= ? AND import_state = 'IMPORTED' ORDER BY valid_to, key_id, id LIMIT ?`,
    now.getTime(),
    limit,
  );
}

/** Material that should have been destroyed by now, but for a process that died or a key store that was away. */
export async function materialsToErase(tx: ReadTx, before: Date, limit: number): Promise<MaterialRef[]> {
  return tx.all<MaterialRef>(
    `${MATERIAL_REF} WHERE erased_at <= ? ORDER BY erased_at, key_id, id LIMIT ?`,
    before.getTime(),
    limit,
  );
}

/** Everything of the key that the key store may still have, also what is no longer shown. */
export async function allMaterialIds(tx: ReadTx, ref: KeyRef): Promise<MaterialId[]> {
  const sql = `SELECT id FROM kms_materials WHERE ${OF_KEY} ORDER BY position, id LIMIT 10000`;
  return (await tx.all<{ id: MaterialId }>(sql, ...at(ref))).map(({ id }) => id);
}
