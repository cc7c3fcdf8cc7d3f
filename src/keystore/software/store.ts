import type { MaterialSpec } from "../../crypto/index.js";
import type { Migration, ReadTx, SqliteDatabase } from "../../store/index.js";
import type { Material, MaterialId } from "../port.js";

/** keystore.db: one row a piece of material, wrapped under its account's and Region's domain key. */
export const KEYSTORE_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `CREATE TABLE material (
      id TEXT NOT NULL PRIMARY KEY,
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      key_id TEXT NOT NULL,
      wrapped BLOB NOT NULL
    )`,
  },
  { id: 2, sql: "ALTER TABLE material ADD COLUMN spec TEXT" },
  {
    // Related multi-Region keys hold copies of their material, each wrapped for its own Region.
    id: 3,
    sql: `CREATE TABLE material_by_region (
      id TEXT NOT NULL,
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      key_id TEXT NOT NULL,
      wrapped BLOB NOT NULL,
      spec TEXT,
      PRIMARY KEY (id, region)
    );
    INSERT INTO material_by_region (id, account, region, key_id, wrapped, spec)
      SELECT id, account, region, key_id, wrapped, spec FROM material;
    DROP TABLE material;
    ALTER TABLE material_by_region RENAME TO material`,
  },
];

/** `wipeFreePages`, where the engine has it, takes what was deleted out of the engine's log too. */
export type KeystoreDatabase = Pick<SqliteDatabase, "read" | "write"> & Partial<Pick<SqliteDatabase, "wipeFreePages">>;

export interface MaterialRow {
  readonly id: MaterialId;
  readonly account: string;
  readonly region: string;
  readonly key_id: string;
  readonly wrapped: Uint8Array;
  /** Null in rows from before there were specs, which are all symmetric. */
  readonly spec: MaterialSpec | null;
}

export async function putMaterial(database: KeystoreDatabase, row: MaterialRow): Promise<void> {
  await database.write((tx) =>
    tx.run(
      `INSERT INTO material (id, account, region, key_id, wrapped, spec) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING`,
      row.id,
      row.account,
      row.region,
      row.key_id,
      row.wrapped,
      row.spec,
    ),
  );
}

export function findMaterial(database: KeystoreDatabase, material: Material): Promise<MaterialRow | undefined> {
  return database.read((tx) => rowOf(tx, material));
}

const rowOf = (tx: ReadTx, { id, owner }: Material): Promise<MaterialRow | undefined> =>
  tx.get<MaterialRow>(
    "SELECT id, account, region, key_id, wrapped, spec FROM material WHERE id = ? AND account = ? AND region = ? AND key_id = ?",
    id,
    owner.account,
    owner.region,
    owner.keyId,
  );

/** A row for another Region, wrapped anew from one that is still there. False when it is not. */
export function copyMaterial(
  database: KeystoreDatabase,
  from: Material,
  region: string,
  rewrap: (row: MaterialRow) => Uint8Array,
): Promise<boolean> {
  return database.write(async (tx) => {
    const row = await rowOf(tx, from);
    if (row === undefined) return false;
    await tx.run(
      `INSERT INTO material (id, account, region, key_id, wrapped, spec)
       SELECT id, account, ?, key_id, ?, spec FROM material WHERE id = ? AND region = ? ON CONFLICT DO NOTHING`,
      region,
      rewrap(row),
      row.id,
      row.region,
    );
    return true;
  });
}

const PAGE = 500;

/** In order of id and Region: related keys share their material. */
export async function materialsAfter(database: KeystoreDatabase, after?: Material): Promise<Material[]> {
  const rows = await database.read((tx) =>
    tx.all<Omit<MaterialRow, "wrapped" | "spec">>(
      "SELECT id, account, region, key_id FROM material WHERE (id, region) > (?, ?) ORDER BY id, region LIMIT ?",
      after?.id ?? "",
      after?.owner.region ?? "",
      PAGE,
    ),
  );
  return rows.map(({ id, account, region, key_id }) => ({ id, owner: { account, region, keyId: key_id } }));
}

/** Overwritten before it is deleted, so that the row is useless even where the engine keeps old pages for a while. */
export async function eraseMaterial(database: KeystoreDatabase, { id, owner }: Material): Promise<void> {
  const where = "WHERE id = ? AND account = ? AND region = ? AND key_id = ?";
  const values = [id, owner.account, owner.region, owner.keyId] as const;
  await database.write(async (tx) => {
    const row = await tx.get<Pick<MaterialRow, "wrapped">>(`SELECT wrapped FROM material ${where}`, ...values);
    if (row === undefined) return;
    await tx.run(`UPDATE material SET wrapped = ? ${where}`, new Uint8Array(row.wrapped.length), ...values);
    await tx.run(`DELETE FROM material ${where}`, ...values);
  });
  await database.wipeFreePages?.();
}
