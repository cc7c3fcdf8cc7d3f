import type { ReadTx, WriteTx } from "../../../store/index.js";

/** A line of a bucket's access log that is in no log object yet. */
export interface NewAccessLine {
  readonly bucketId: string;
  readonly timeMs: number;
  readonly line: string;
}

export interface AccessLine extends NewAccessLine {
  readonly id: number;
}

export async function insertAccessLines(tx: WriteTx, lines: readonly NewAccessLine[]): Promise<void> {
  for (const { bucketId, timeMs, line } of lines) {
    await tx.run("INSERT INTO access_lines (bucket_id, time_ms, line) VALUES (?, ?, ?)", bucketId, timeMs, line);
  }
}

/** The next bucket, by its id, that has lines. */
export async function nextLoggedBucket(tx: ReadTx, after: string): Promise<string | undefined> {
  const sql = "SELECT bucket_id FROM access_lines WHERE bucket_id > ? ORDER BY bucket_id LIMIT 1";
  return (await tx.get<{ bucket_id: string }>(sql, after))?.bucket_id;
}

/** The oldest first. */
export async function accessLines(tx: ReadTx, bucketId: string, limit: number): Promise<AccessLine[]> {
  const rows = await tx.all<{ id: number; time_ms: number; line: string }>(
    "SELECT id, time_ms, line FROM access_lines WHERE bucket_id = ? ORDER BY id LIMIT ?",
    bucketId,
    limit,
  );
  return rows.map((row) => ({ id: Number(row.id), bucketId, timeMs: Number(row.time_ms), line: row.line }));
}

export async function deleteAccessLines(tx: WriteTx, bucketId: string, throughId: number): Promise<number> {
  return (await tx.run("DELETE FROM access_lines WHERE bucket_id = ? AND id <= ?", bucketId, throughId)).changes;
}
