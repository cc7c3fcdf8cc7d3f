import type { Material, MaterialId } from "../../keystore/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { bump } from "../changes/store.js";
import type { Imported } from "../imported/summary.js";
import type { KeyRef } from "../key.js";
import type { KeyMaterial } from "../rotation.js";
import { at, countOf } from "./rows.js";

/** A key's materials: the newest encrypts, all of them decrypt. */
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
