import type { MaterialSpec } from "../../crypto/index.js";
import type { Migration, SqliteDatabase } from "../../store/index.js";
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

export function findMaterial(database: KeystoreDatabase, id: MaterialId): Promise<MaterialRow | undefined> {
  return database.read((tx) =>
    tx.get<MaterialRow>("SELECT id, account, region, key_id, wrapped, spec FROM material WHERE id = ?", id),
  );
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
  const where = "WHERE id = ? AND account = ? AND key_id = ?";
  const values = [id, owner.account, owner.keyId] as const;
  await database.write(async (tx) => {
    const row = await tx.get<Pick<MaterialRow, "wrapped">>(`SELECT wrapped FROM material ${where}`, ...values);
    if (row === undefined) return;
    await tx.run(`UPDATE material SET wrapped = ? ${where}`, new Uint8Array(row.wrapped.length), ...values);
    await tx.run(`DELETE FROM material ${where}`, ...values);
  });
  await database.wipeFreePages?.();
}
