import type { MaterialId } from "../../keystore/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { countOf } from "../store/index.js";

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

export interface SigningKeyRow {
  readonly material: string;
  readonly public_key: Uint8Array;
  readonly made_at: number;
}

interface SigningOwner {
  readonly account: string;
  readonly region: string;
  readonly service: string;
}

/** Oldest first. One a year is made: so many will do. */
export const signingKeysOf = (tx: ReadTx, { account, region, service }: SigningOwner) =>
  tx.all<SigningKeyRow>(
    `SELECT material, public_key, made_at FROM kms_owned_signing_keys
     WHERE account = ? AND region = ? AND service = ? ORDER BY made_at, material LIMIT 1000`,
    account,
    region,
    service,
  );

/** False when another process made one after `since`. */
export async function insertSigningKey(
  tx: WriteTx,
  { account, region, service }: SigningOwner,
  row: SigningKeyRow,
  since: number,
): Promise<boolean> {
  const sql =
    "SELECT COUNT(*) AS count FROM kms_owned_signing_keys WHERE account = ? AND region = ? AND service = ? AND made_at > ?";
  if (countOf(await tx.get(sql, account, region, service, since)) > 0) return false;
  await tx.run(
    `INSERT INTO kms_owned_signing_keys (account, region, service, material, public_key, made_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    account,
    region,
    service,
    row.material,
    row.public_key,
    row.made_at,
  );
  return true;
}
