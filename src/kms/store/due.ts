import type { ReadTx, WriteTx } from "../../store/index.js";
import { bump } from "../changes/store.js";
import { keepPastKey } from "../costs/store.js";
import type { KeyRef } from "../key.js";
import { at } from "./rows.js";

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
