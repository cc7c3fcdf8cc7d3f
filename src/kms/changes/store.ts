import type { ReadTx, WriteTx } from "../../store/index.js";
import { type KeyRef, refText } from "../key.js";

/** One line of the list of what to forget. Long lists are cut; a process that fell behind forgets everything. */
export interface Change {
  readonly seq: number;
  readonly ref: string;
}

export const KEPT_CHANGES = 1000;

/** In place of a key's ref: all that is known of any key may be old. */
export const ALL_KEYS = "*";

/** Says in the same transaction that all that is known of this key may be old. */
export const bump = (tx: WriteTx, ref: KeyRef): Promise<void> => add(tx, refText(ref));

export const bumpAll = (tx: WriteTx): Promise<void> => add(tx, ALL_KEYS);

async function add(tx: WriteTx, ref: string): Promise<void> {
  await tx.run("INSERT INTO kms_changes (seq, ref) SELECT COALESCE(MAX(seq), 0) + 1, ? FROM kms_changes", ref);
  await tx.run("DELETE FROM kms_changes WHERE seq <= (SELECT MAX(seq) FROM kms_changes) - ?", KEPT_CHANGES);
}

export async function changesAfter(tx: ReadTx, seq: number): Promise<Change[]> {
  return tx.all<Change>("SELECT seq, ref FROM kms_changes WHERE seq > ? ORDER BY seq LIMIT ?", seq, KEPT_CHANGES + 1);
}
