import type { ReadTx, WriteTx } from "../../../store/index.js";

/** A message that is still to be told to one destination. */
export interface QueuedEvent {
  readonly id: number;
  readonly destination: string;
  readonly body: string;
  readonly createdMs: number;
}

/** The first of `count` numbers that rise for ever, also when nothing waits any more. */
export async function takeSequence(tx: WriteTx, count: number): Promise<number> {
  await tx.run(
    "INSERT INTO event_sequence (one, next) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET next = event_sequence.next + ?",
    count + 1,
    count,
  );
  const row = await tx.get<{ next: number }>("SELECT next FROM event_sequence WHERE one = 1");
  return Number(row?.next ?? 0) - count;
}

export const insertEvent = (tx: WriteTx, { id, destination, body, createdMs }: QueuedEvent) =>
  tx.run(
    "INSERT INTO events (id, destination, body, created_ms, refusals) VALUES (?, ?, ?, ?, 0)",
    id,
    destination,
    body,
    createdMs,
  );

/** The next destination, in order, for which something waits. */
export async function nextDestination(tx: ReadTx, after: string): Promise<string | undefined> {
  const sql = "SELECT destination FROM events WHERE destination > ? ORDER BY destination LIMIT 1";
  return (await tx.get<{ destination: string }>(sql, after))?.destination;
}

export async function eventsFor(tx: ReadTx, destination: string, limit: number): Promise<QueuedEvent[]> {
  const sql = "SELECT id, destination, body, created_ms FROM events WHERE destination = ? ORDER BY id LIMIT ?";
  const rows = await tx.all<EventRow>(sql, destination, limit);
  return rows.map((row) => ({
    id: Number(row.id),
    destination: row.destination,
    body: row.body,
    createdMs: Number(row.created_ms),
  }));
}

/** Forgets what was told, or will not be told any more. */
export async function deleteEventsThrough(tx: WriteTx, destination: string, id: number): Promise<number> {
  return (await tx.run("DELETE FROM events WHERE destination = ? AND id <= ?", destination, id)).changes;
}

/** Counts that the destination wants this message not; says how often by now. */
export async function countRefusal(tx: WriteTx, id: number): Promise<number> {
  await tx.run("UPDATE events SET refusals = refusals + 1 WHERE id = ?", id);
  return Number((await tx.get<{ refusals: number }>("SELECT refusals FROM events WHERE id = ?", id))?.refusals ?? 0);
}

/** Drops all but the newest `most` numbers, and says how many were lost so. */
export async function dropOldest(tx: WriteTx, most: number): Promise<number> {
  const row = await tx.get<{ next: number }>("SELECT next FROM event_sequence WHERE one = 1");
  return (await tx.run("DELETE FROM events WHERE id < ?", Number(row?.next ?? 0) - most)).changes;
}

interface EventRow {
  readonly id: number;
  readonly destination: string;
  readonly body: string;
  readonly created_ms: number;
}
