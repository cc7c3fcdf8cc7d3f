import type { AccountId, Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import type { Alias } from "../alias.js";
import { bump } from "../changes/store.js";
import type { KeyId, KeyRef } from "../key.js";
import { at } from "./rows.js";

interface AliasRow {
  readonly account: AccountId;
  readonly region: Region;
  readonly name: string;
  readonly key_id: KeyId;
  readonly created_at: number;
  readonly updated_at: number;
}

const alias = ({ key_id, created_at, updated_at, account, region, name }: AliasRow): Alias => ({
  account,
  region,
  name,
  keyId: key_id,
  createdAt: new Date(created_at),
  updatedAt: new Date(updated_at),
});

export async function findAlias(tx: ReadTx, account: string, region: string, name: string): Promise<Alias | undefined> {
  const sql = "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND name = ?";
  const row = await tx.get<AliasRow>(sql, account, region, name);
  return row === undefined ? undefined : alias(row);
}

export async function aliasesOf(tx: ReadTx, ref: KeyRef): Promise<Alias[]> {
  const rows = await tx.all<AliasRow>(
    "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND key_id = ? ORDER BY name LIMIT 1000",
    ...at(ref),
  );
  return rows.map(alias);
}

export async function aliasesAfter(tx: ReadTx, account: string, region: string, after: string, limit: number) {
  const rows = await tx.all<AliasRow>(
    "SELECT * FROM kms_aliases WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
    account,
    region,
    after,
    limit,
  );
  return rows.map(alias);
}

export async function insertAlias(tx: WriteTx, made: Alias): Promise<void> {
  await tx.run(
    "INSERT INTO kms_aliases (account, region, name, key_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
    made.account,
    made.region,
    made.name,
    made.keyId,
    made.createdAt.getTime(),
    made.updatedAt.getTime(),
  );
  await bump(tx, targetOf(made));
}

/** Points the alias at another key. Both keys change: aliases are part of what a key is found and authorized by. */
export async function moveAlias(tx: WriteTx, from: Alias, keyId: KeyId, now: Date): Promise<void> {
  await tx.run(
    "UPDATE kms_aliases SET key_id = ?, updated_at = ? WHERE account = ? AND region = ? AND name = ?",
    keyId,
    now.getTime(),
    from.account,
    from.region,
    from.name,
  );
  await bump(tx, targetOf(from));
  await bump(tx, targetOf({ ...from, keyId }));
}

export async function deleteAlias(tx: WriteTx, gone: Alias): Promise<void> {
  const sql = "DELETE FROM kms_aliases WHERE account = ? AND region = ? AND name = ?";
  await tx.run(sql, gone.account, gone.region, gone.name);
  await bump(tx, targetOf(gone));
}

export const targetOf = (of: Alias): KeyRef => ({ account: of.account, region: of.region, id: of.keyId });
