import type { AccountId, Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import type { KeyId, KeyRef } from "../key.js";
import type { PriceClass } from "./prices.js";

export interface RequestCount {
  readonly month: string;
  readonly account: AccountId;
  readonly keyArn: string;
  readonly operation: string;
  readonly service: string;
  readonly price: PriceClass;
  readonly count: number;
}

export async function addRequests(tx: WriteTx, each: RequestCount): Promise<void> {
  await tx.run(
    `INSERT INTO kms_requests (month, account, key_arn, operation, service, price, count) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account, month, key_arn, operation, service, price)
     DO UPDATE SET count = kms_requests.count + excluded.count`,
    each.month,
    each.account,
    each.keyArn,
    each.operation,
    each.service,
    each.price,
    each.count,
  );
}

export async function forgetMonthsBefore(tx: WriteTx, month: string, atMs: number): Promise<void> {
  await tx.run("DELETE FROM kms_requests WHERE month < ?", month);
  await tx.run("DELETE FROM kms_past_keys WHERE free_at < ?", atMs);
}

export async function specOf(tx: ReadTx, ref: KeyRef): Promise<string | undefined> {
  const sql = "SELECT spec FROM kms_keys WHERE account = ? AND region = ? AND id = ?";
  return (await tx.get<{ spec: string }>(sql, ref.account, ref.region, ref.id))?.spec;
}

/** Sums of one month by one column; the most first. */
export interface Sum {
  readonly name: string;
  readonly price: PriceClass;
  readonly count: number;
}

const COLUMNS = { key: "key_arn", operation: "operation", service: "service" } as const;

export async function sumsBy(
  tx: ReadTx,
  column: keyof typeof COLUMNS,
  of: { readonly account: string; readonly month: string },
): Promise<Sum[]> {
  const name = COLUMNS[column];
  return tx.all<Sum>(
    `SELECT ${name} AS name, price, SUM(count) AS count FROM kms_requests WHERE account = ? AND month = ?
     GROUP BY ${name}, price ORDER BY ${name}, price LIMIT 200000`,
    of.account,
    of.month,
  );
}

/** What a key's monthly fee follows from. */
export interface FeeFacts {
  readonly region: Region;
  readonly id: KeyId;
  readonly createdMs: number;
  /** Since when it waits for its deletion. */
  readonly freeMs: number | null;
  readonly rotatedMs: number | null;
  readonly rotatedAgainMs: number | null;
}

/** The time of a key's first rotation, or of its second. */
const rotation = (nth: 0 | 1) =>
  `(SELECT rotated_at FROM kms_materials WHERE kms_materials.account = kms_keys.account
     AND kms_materials.region = kms_keys.region AND kms_materials.key_id = kms_keys.id AND rotated_at IS NOT NULL
     ORDER BY rotated_at LIMIT 1 OFFSET ${nth})`;

/** Rows of before did not keep the window's length: for them the longest is assumed, in the payer's favour. */
const FREE_AT = "deletion_at - COALESCE(window_days, 30) * 86400000";

/** Customer managed keys of an account in every Region, those that are gone included. */
export async function keysOf(tx: ReadTx, account: string): Promise<FeeFacts[]> {
  return tx.all<FeeFacts>(
    `SELECT region, id, created_at AS "createdMs",
       CASE WHEN state = 'PendingDeletion' THEN ${FREE_AT} ELSE NULL END AS "freeMs",
       ${rotation(0)} AS "rotatedMs", ${rotation(1)} AS "rotatedAgainMs"
     FROM kms_keys WHERE account = ? AND manager = 'CUSTOMER'
     UNION ALL
     SELECT region, id, created_at, free_at, rotated_at, rotated_again_at FROM kms_past_keys WHERE account = ?
     ORDER BY region, id LIMIT 5000000`,
    account,
    account,
  );
}

/** A key's last row: what it cost stays to be told after it is gone. */
export async function keepPastKey(tx: WriteTx, ref: KeyRef): Promise<void> {
  await tx.run(
    `INSERT INTO kms_past_keys (account, region, id, created_at, free_at, rotated_at, rotated_again_at)
     SELECT account, region, id, created_at, ${FREE_AT}, ${rotation(0)}, ${rotation(1)} FROM kms_keys
     WHERE account = ? AND region = ? AND id = ? AND manager = 'CUSTOMER' AND deleting = 1 AND deletion_at IS NOT NULL
     ON CONFLICT (account, region, id) DO NOTHING`,
    ref.account,
    ref.region,
    ref.id,
  );
}
