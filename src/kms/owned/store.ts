import type { MaterialId } from "../../keystore/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { countOf } from "../store.js";

export interface OwnedRow {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly material: MaterialId;
}

export async function findOwned(
  tx: ReadTx,
  owner: { readonly account: string; readonly region: string; readonly service: string },
): Promise<OwnedRow | undefined> {
  const sql = "SELECT * FROM kms_owned_keys WHERE account = ? AND region = ? AND service = ?";
  return tx.get<OwnedRow>(sql, owner.account, owner.region, owner.service);
}

export async function findOwnedByMaterial(tx: ReadTx, material: string): Promise<OwnedRow | undefined> {
  const sql = "SELECT * FROM kms_owned_keys WHERE material = ? ORDER BY account, region, service LIMIT 1";
  return tx.get<OwnedRow>(sql, material);
}

/** False when another process made the key first. */
export async function insertOwned(tx: WriteTx, row: OwnedRow): Promise<boolean> {
  const sql = "SELECT COUNT(*) AS count FROM kms_owned_keys WHERE account = ? AND region = ? AND service = ?";
  if (countOf(await tx.get(sql, row.account, row.region, row.service)) > 0) return false;
  await tx.run(
    "INSERT INTO kms_owned_keys (account, region, service, material) VALUES (?, ?, ?, ?)",
    row.account,
    row.region,
    row.service,
    row.material,
  );
  return true;
}
