import type { ReadTx, WriteTx } from "../../store/index.js";
import type { KeyRef } from "../key.js";
import type { KeyUse } from "./usage.js";

interface UsageRow {
  readonly operation: string;
  readonly used_at: number;
  readonly request_id: string;
  readonly event_id: string | null;
}

export async function findUse(tx: ReadTx, ref: KeyRef): Promise<KeyUse | undefined> {
  const row = await tx.get<UsageRow>(
    "SELECT * FROM kms_usage WHERE account = ? AND region = ? AND key_id = ?",
    ref.account,
    ref.region,
    ref.id,
  );
  if (row === undefined) return undefined;
  return {
    operation: row.operation,
    atMs: row.used_at,
    requestId: row.request_id,
    ...(row.event_id === null ? {} : { eventId: row.event_id }),
  };
}

/** Keeps the newest: processes flush in any order. A key that was destroyed meanwhile leaves no row behind. */
export async function putUse(tx: WriteTx, ref: KeyRef, use: KeyUse): Promise<void> {
  await tx.run(
    `INSERT INTO kms_usage (account, region, key_id, operation, used_at, request_id, event_id)
     SELECT account, region, id, ?, ?, ?, ? FROM kms_keys WHERE account = ? AND region = ? AND id = ? AND deleting = 0
     ON CONFLICT (account, region, key_id) DO UPDATE SET operation = excluded.operation, used_at = excluded.used_at,
       request_id = excluded.request_id, event_id = excluded.event_id
     WHERE excluded.used_at > kms_usage.used_at`,
    use.operation,
    use.atMs,
    use.requestId,
    use.eventId ?? null,
    ref.account,
    ref.region,
    ref.id,
  );
}
