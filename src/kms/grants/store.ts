import type { AccountId, Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import type { KeyId, KeyRef } from "../key.js";
import { bump, countOf } from "../store/index.js";
import { fingerprint, type Grant, type GrantConstraints, type GrantId } from "./grant.js";

const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];

interface GrantRow {
  readonly account: AccountId;
  readonly region: Region;
  readonly key_id: KeyId;
  readonly id: GrantId;
  readonly name: string;
  readonly created_at: number;
  readonly issuing_account: AccountId;
  readonly grantee: string;
  readonly grantee_is_service: number;
  readonly grantee_unique_id: string | null;
  readonly retiring: string | null;
  readonly retiring_is_service: number;
  readonly operations: string;
  readonly constraints: string;
}

function grantOf(row: GrantRow): Grant {
  return {
    key: { account: row.account, region: row.region, id: row.key_id },
    id: row.id,
    name: row.name,
    createdAt: new Date(row.created_at),
    issuingAccount: row.issuing_account,
    grantee: { name: row.grantee, isService: row.grantee_is_service === 1 },
    ...(row.grantee_unique_id === null ? {} : { granteeUniqueId: row.grantee_unique_id }),
    ...(row.retiring === null ? {} : { retiring: { name: row.retiring, isService: row.retiring_is_service === 1 } }),
    operations: JSON.parse(row.operations) as string[], // written by insertGrant
    constraints: JSON.parse(row.constraints) as GrantConstraints, // written by insertGrant
  };
}

export async function insertGrant(tx: WriteTx, grant: Grant): Promise<void> {
  await tx.run(
    `INSERT INTO kms_grants (account, region, key_id, id, name, created_at, issuing_account, grantee,
       grantee_is_service, grantee_unique_id, retiring, retiring_is_service, operations, constraints, fingerprint)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...at(grant.key),
    grant.id,
    grant.name,
    grant.createdAt.getTime(),
    grant.issuingAccount,
    grant.grantee.name,
    grant.grantee.isService ? 1 : 0,
    grant.granteeUniqueId ?? null,
    grant.retiring?.name ?? null,
    grant.retiring?.isService === true ? 1 : 0,
    JSON.stringify(grant.operations),
    JSON.stringify(grant.constraints),
    fingerprint(grant),
  );
  await bump(tx, grant.key);
}

/** False when it was gone already. */
export async function deleteGrant(tx: WriteTx, key: KeyRef, id: GrantId): Promise<boolean> {
  const sql = "DELETE FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? AND id = ?";
  const { changes } = await tx.run(sql, ...at(key), id);
  if (changes > 0) await bump(tx, key);
  return changes > 0;
}

export async function findGrant(tx: ReadTx, key: KeyRef, id: string): Promise<Grant | undefined> {
  const sql = "SELECT * FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? AND id = ?";
  const row = await tx.get<GrantRow>(sql, ...at(key), id);
  return row === undefined ? undefined : grantOf(row);
}

/** The named grant that an equal request made before, for the same grantee: a namesake made anew is another one. */
export async function findSameGrant(tx: ReadTx, grant: Grant): Promise<Grant | undefined> {
  const row = await tx.get<GrantRow>(
    `SELECT * FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? AND grantee = ? AND fingerprint = ?
     AND COALESCE(grantee_unique_id, '') = ? ORDER BY id LIMIT 1`,
    ...at(grant.key),
    grant.grantee.name,
    fingerprint(grant),
    grant.granteeUniqueId ?? "",
  );
  return row === undefined ? undefined : grantOf(row);
}

export async function countGrants(tx: ReadTx, key: KeyRef): Promise<number> {
  const sql = "SELECT COUNT(*) AS count FROM kms_grants WHERE account = ? AND region = ? AND key_id = ?";
  return countOf(await tx.get(sql, ...at(key)));
}

export async function hasGrants(tx: ReadTx, key: KeyRef): Promise<boolean> {
  const sql = "SELECT 1 AS one FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? LIMIT 1";
  return (await tx.get(sql, ...at(key))) !== undefined;
}

/** Everything that may speak for one of these grantees: found through an index, whatever the key has besides. */
export async function grantsFor(tx: ReadTx, key: KeyRef, grantees: readonly string[]): Promise<Grant[]> {
  const marks = grantees.map(() => "?").join(", ");
  const rows = await tx.all<GrantRow>(
    `SELECT * FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? AND grantee IN (${marks})
     ORDER BY id LIMIT 50000`,
    ...at(key),
    ...grantees,
  );
  return rows.map(grantOf);
}

export interface GrantFilter {
  readonly grantId?: string | undefined;
  readonly grantee?: string | undefined;
}

export async function grantsAfter(tx: ReadTx, key: KeyRef, filter: GrantFilter, after: string, limit: number) {
  const rows = await tx.all<GrantRow>(
    `SELECT * FROM kms_grants WHERE account = ? AND region = ? AND key_id = ? AND id > ?
     AND (? IS NULL OR id = ?) AND (? IS NULL OR grantee = ?) ORDER BY id LIMIT ?`,
    ...at(key),
    after,
    filter.grantId ?? null,
    filter.grantId ?? null,
    filter.grantee ?? null,
    filter.grantee ?? null,
    limit,
  );
  return rows.map(grantOf);
}

/** On every key of the Region, keys of other accounts included (kms G-21). Grant ids are unique in the house. */
export async function retirableAfter(tx: ReadTx, region: string, retiring: string, after: string, limit: number) {
  const rows = await tx.all<GrantRow>(
    "SELECT * FROM kms_grants WHERE region = ? AND retiring = ? AND id > ? ORDER BY id LIMIT ?",
    region,
    retiring,
    after,
    limit,
  );
  return rows.map(grantOf);
}
