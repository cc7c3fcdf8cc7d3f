import type { AccountId, Region } from "../../../base/index.js";
import type { ReadTx, WriteTx } from "../../../store/index.js";

export interface Bucket {
  readonly name: string;
  /** Of this very bucket: a later one of the same name has another. */
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly createdMs: number;
  /** Policy, encryption, tagging …: their stored text by name. Its account's access block is among them. */
  readonly settings: ReadonlyMap<string, string>;
}

export async function selectBucket(tx: ReadTx, name: string): Promise<Bucket | undefined> {
  const row = await tx.get<BucketRow>("SELECT * FROM buckets WHERE name = ?", name);
  if (!row) return undefined;
  const settings = await tx.all<{ name: string; value: string }>(
    "SELECT name, value FROM bucket_settings WHERE bucket_id = ? ORDER BY name LIMIT 100",
    row.id,
  );
  const ofAccount = await accountSetting(tx, row.account, ACCOUNT_ACCESS_BLOCK);
  return bucketOf(
    row,
    new Map([
      ...settings.map((setting) => [setting.name, setting.value] as const),
      ...(ofAccount === undefined ? [] : [[ACCOUNT_ACCESS_BLOCK, ofAccount] as const]),
    ]),
  );
}

export async function selectBucketById(tx: ReadTx, id: string): Promise<Bucket | undefined> {
  const row = await tx.get<{ name: string }>("SELECT name FROM buckets WHERE id = ?", id);
  return row && selectBucket(tx, row.name);
}

export async function selectBuckets(
  tx: ReadTx,
  account: AccountId,
  query: { prefix: string; region: string | undefined; after: string; limit: number },
): Promise<Bucket[]> {
  const rows = await tx.all<BucketRow>(
    `SELECT * FROM buckets WHERE account = ? AND name > ? AND substr(name, 1, ?) = ? AND (region = ? OR ? = '')
     ORDER BY name LIMIT ?`,
    account,
    query.after,
    query.prefix.length,
    query.prefix,
    query.region ?? "",
    query.region ?? "",
    query.limit,
  );
  return rows.map((row) => bucketOf(row, new Map()));
}

export async function insertBucket(tx: WriteTx, bucket: Bucket): Promise<void> {
  await tx.run(
    "INSERT INTO buckets (name, id, account, region, created_ms) VALUES (?, ?, ?, ?, ?)",
    bucket.name,
    bucket.id,
    bucket.account,
    bucket.region,
    bucket.createdMs,
  );
  for (const [name, value] of bucket.settings) await putSetting(tx, bucket.id, name, value);
}

export async function deleteBucket(tx: WriteTx, id: string): Promise<void> {
  await tx.run("DELETE FROM bucket_settings WHERE bucket_id = ?", id);
  await tx.run("DELETE FROM bucket_configurations WHERE bucket_id = ?", id);
  await tx.run("DELETE FROM lifecycle_runs WHERE bucket_id = ?", id);
  await tx.run("DELETE FROM buckets WHERE id = ?", id);
}

/** An object, a version or a delete marker. */
export async function hasObjects(tx: ReadTx, bucketId: string): Promise<boolean> {
  for (const table of ["objects", "versions"]) {
    if (await tx.get(`SELECT 1 AS found FROM ${table} WHERE bucket_id = ? LIMIT 1`, bucketId)) return true;
  }
  return false;
}

/** False when the bucket is not there any more: the write must not be kept then. */
export async function bucketStands(tx: ReadTx, bucketId: string): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM buckets WHERE id = ?", bucketId)) !== undefined;
}

/** A bucket's configuration as it is in this very transaction; `gone` when the bucket is. */
export async function settingNow(
  tx: ReadTx,
  bucketId: string,
  name: string,
): Promise<{ readonly gone: boolean; readonly value?: string }> {
  const row = await tx.get<{ value: string | null }>(
    `SELECT s.value AS value FROM buckets b LEFT JOIN bucket_settings s ON s.bucket_id = b.id AND s.name = ?
     WHERE b.id = ?`,
    name,
    bucketId,
  );
  if (!row) return { gone: true };
  return { gone: false, ...(row.value === null ? {} : { value: row.value }) };
}

export async function putSetting(tx: WriteTx, bucketId: string, name: string, value: string): Promise<void> {
  await tx.run(
    `INSERT INTO bucket_settings (bucket_id, name, value) VALUES (?, ?, ?)
     ON CONFLICT (bucket_id, name) DO UPDATE SET value = excluded.value`,
    bucketId,
    name,
    value,
  );
}

export async function deleteSetting(tx: WriteTx, bucketId: string, name: string): Promise<void> {
  await tx.run("DELETE FROM bucket_settings WHERE bucket_id = ? AND name = ?", bucketId, name);
}

/** The name under which an account's own access block stands among the settings of each of its buckets. */
export const ACCOUNT_ACCESS_BLOCK = "accountPublicAccessBlock";

export async function accountSetting(tx: ReadTx, account: AccountId, name: string): Promise<string | undefined> {
  const row = await tx.get<{ value: string }>(
    "SELECT value FROM account_settings WHERE account = ? AND name = ?",
    account,
    name,
  );
  return row?.value;
}

/** Undefined takes it away. */
export async function putAccountSetting(
  tx: WriteTx,
  account: AccountId,
  name: string,
  value: string | undefined,
): Promise<void> {
  await tx.run("DELETE FROM account_settings WHERE account = ? AND name = ?", account, name);
  if (value === undefined) return;
  await tx.run("INSERT INTO account_settings (account, name, value) VALUES (?, ?, ?)", account, name, value);
}

interface BucketRow {
  readonly name: string;
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly created_ms: number;
}

const bucketOf = (row: BucketRow, settings: ReadonlyMap<string, string>): Bucket => ({
  name: row.name,
  id: row.id,
  account: row.account,
  region: row.region,
  createdMs: Number(row.created_ms),
  settings,
});
