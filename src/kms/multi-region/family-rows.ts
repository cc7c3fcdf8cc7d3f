import type { AccountId, Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { bump } from "../changes/store.js";
import type { KeyId, KeyRef } from "../key.js";

/** More than AWS has Regions. */
const MOST_REGIONS = 200;

/**
 * Where the related keys of a multi-Region key have rows, in the order of names: also one that is just being
 * destroyed, for until it is really gone nothing may take its place. Empty for single-Region keys.
 */
export async function familyRows(tx: ReadTx, { account, id }: { account: AccountId; id: KeyId }): Promise<Region[]> {
  const rows = await tx.all<{ region: Region }>(
    "SELECT region FROM kms_keys WHERE account = ? AND id = ? AND primary_region IS NOT NULL ORDER BY region LIMIT ?",
    account,
    id,
    MOST_REGIONS,
  );
  return rows.map(({ region }) => region);
}

/** All related keys change when one of them comes, goes, or takes another part. */
export async function bumpFamily(tx: WriteTx, of: KeyRef): Promise<void> {
  for (const region of await familyRows(tx, of)) await bump(tx, { ...of, region });
}

/** Gives the related keys another primary. */
export async function updatePrimary(tx: WriteTx, of: KeyRef, primary: Region): Promise<void> {
  const sql = "UPDATE kms_keys SET primary_region = ? WHERE account = ? AND id = ? AND primary_region IS NOT NULL";
  await tx.run(sql, primary, of.account, of.id);
  await bumpFamily(tx, of);
}
