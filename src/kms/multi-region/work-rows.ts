import type { TrailRecord } from "../../audit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import type { KeyRef } from "../key.js";

// What a call left to be done in the Region of another key of the family: one row from the call's commit until that
// Region's own commit. The key's state says what it is: Creating, or Updating.

const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];

/** `event` is the record that the work leaves in its own Region when it is done. */
export async function insertWork(tx: WriteTx, ref: KeyRef, event: TrailRecord): Promise<void> {
  const sql = "INSERT INTO kms_region_work (account, region, key_id, event) VALUES (?, ?, ?, ?)";
  await tx.run(sql, ...at(ref), JSON.stringify(event));
}

export async function findWork(tx: ReadTx, ref: KeyRef): Promise<TrailRecord | undefined> {
  const sql = "SELECT event FROM kms_region_work WHERE account = ? AND region = ? AND key_id = ?";
  const row = await tx.get<{ event: string }>(sql, ...at(ref));
  return row === undefined ? undefined : (JSON.parse(row.event) as TrailRecord); // written by insertWork
}

/** False when somebody else did it first. */
export async function removeWork(tx: WriteTx, ref: KeyRef): Promise<boolean> {
  const sql = "DELETE FROM kms_region_work WHERE account = ? AND region = ? AND key_id = ?";
  const { changes } = await tx.run(sql, ...at(ref));
  return changes > 0;
}

export async function openWork(tx: ReadTx, limit: number): Promise<KeyRef[]> {
  const sql = "SELECT account, region, key_id AS id FROM kms_region_work ORDER BY account, key_id, region LIMIT ?";
  return tx.all<KeyRef>(sql, limit);
}
