import type { ReadTx, WriteTx } from "../../../store/index.js";

/** Configurations that a bucket keeps by their ids, up to a thousand of a kind: too many to be read with every bucket. */
export type ConfigurationKind = "analytics" | "intelligentTiering" | "metrics";

export interface ConfigurationRow {
  readonly id: string;
  readonly text: string;
}

export async function selectConfiguration(
  tx: ReadTx,
  bucketId: string,
  kind: ConfigurationKind,
  id: string,
): Promise<string | undefined> {
  const row = await tx.get<ConfigurationRow>(
    "SELECT id, text FROM bucket_configurations WHERE bucket_id = ? AND kind = ? AND id = ?",
    bucketId,
    kind,
    id,
  );
  return row?.text;
}

export function selectConfigurationsAfter(
  tx: ReadTx,
  bucketId: string,
  kind: ConfigurationKind,
  after: string,
  limit: number,
): Promise<ConfigurationRow[]> {
  return tx.all<ConfigurationRow>(
    "SELECT id, text FROM bucket_configurations WHERE bucket_id = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
    bucketId,
    kind,
    after,
    limit,
  );
}

/** How many there are of other ids. */
export async function countOtherConfigurations(
  tx: ReadTx,
  bucketId: string,
  kind: ConfigurationKind,
  id: string,
): Promise<number> {
  const row = await tx.get<{ others: number }>(
    "SELECT count(*) AS others FROM bucket_configurations WHERE bucket_id = ? AND kind = ? AND id <> ?",
    bucketId,
    kind,
    id,
  );
  return Number(row?.others ?? 0);
}

export async function putConfiguration(
  tx: WriteTx,
  bucketId: string,
  kind: ConfigurationKind,
  row: ConfigurationRow,
): Promise<void> {
  await tx.run(
    `INSERT INTO bucket_configurations (bucket_id, kind, id, text) VALUES (?, ?, ?, ?)
     ON CONFLICT (bucket_id, kind, id) DO UPDATE SET text = excluded.text`,
    bucketId,
    kind,
    row.id,
    row.text,
  );
}

/** False when there was none. */
export async function deleteConfiguration(
  tx: WriteTx,
  bucketId: string,
  kind: ConfigurationKind,
  id: string,
): Promise<boolean> {
  const { changes } = await tx.run(
    "DELETE FROM bucket_configurations WHERE bucket_id = ? AND kind = ? AND id = ?",
    bucketId,
    kind,
    id,
  );
  return changes > 0;
}
