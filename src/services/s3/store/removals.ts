import type { ReadTx, WriteTx } from "../../../store/index.js";
import { deleteAnnotations } from "./annotations.js";
import { deletePieces } from "./pieces.js";

/**
 * Takes an object's body away, and the annotations of the version that it was. Of one blob the name is given, to be removed at once: whoever reads it has it open.
 * Several stay for a while and are removed later: those of one body are opened one after the other, and annotations may be many.
 */
export async function freeBody(tx: WriteTx, bodyId: string): Promise<string[]> {
  const blobs = [...(await deletePieces(tx, bodyId)), ...(await deleteAnnotations(tx, bodyId))];
  if (blobs.length < 2) return blobs;
  for (const blob of blobs) await tx.run("INSERT INTO removals (blob, seen_ms) VALUES (?, NULL)", blob);
  return [];
}

/** Says of all that came since it was last said when they were seen. */
export async function stampRemovals(tx: WriteTx, nowMs: number): Promise<void> {
  await tx.run("UPDATE removals SET seen_ms = ? WHERE seen_ms IS NULL", nowMs);
}

export async function hasUnseenRemovals(tx: ReadTx): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM removals WHERE seen_ms IS NULL LIMIT 1")) !== undefined;
}

export async function removalsDue(tx: ReadTx, beforeMs: number, limit: number): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>(
    "SELECT blob FROM removals WHERE seen_ms <= ? ORDER BY seen_ms, blob LIMIT ?",
    beforeMs,
    limit,
  );
  return rows.map(({ blob }) => blob);
}

/** Whether they are due or not. */
export async function allRemovals(tx: ReadTx, limit: number): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>("SELECT blob FROM removals ORDER BY blob LIMIT ?", limit);
  return rows.map(({ blob }) => blob);
}

export async function forgetRemovals(tx: WriteTx, blobs: readonly string[]): Promise<void> {
  for (const blob of blobs) await tx.run("DELETE FROM removals WHERE blob = ?", blob);
}
