import type { AccountId } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { type Slice, UniqueNameTaken } from "../directory.js";
import { MOST_ROWS, nameKey } from "./rows.js";

/** What the small things of an account have in common. All members are JSON: times are milliseconds. */
export interface Item {
  readonly account: AccountId;
  /** Names one thing of its kind in the account, in whatever case. */
  readonly name: string;
  readonly path: string;
  /** Unique id of the user or role that it belongs to; empty while it belongs to none. */
  readonly ownerId: string;
}

/** The things of one kind. Lists come in order of name. */
export interface Items<T extends Item> {
  find(tx: ReadTx, account: AccountId, name: string): Promise<T | undefined>;
  list(tx: ReadTx, slice: Slice): Promise<T[]>;
  of(tx: ReadTx, ownerId: string): Promise<T[]>;
  count(tx: ReadTx, account: AccountId): Promise<number>;
  /** Throws UniqueNameTaken. */
  insert(tx: WriteTx, item: T): Promise<void>;
  /** Changes all but the name; does nothing when it is gone. */
  update(tx: WriteTx, item: T): Promise<void>;
  delete(tx: WriteTx, account: AccountId, name: string): Promise<void>;
}

interface ItemRow {
  readonly body: string;
}

/** One table holds every kind: none is looked up by more than its name and its owner. */
export function itemsOf<T extends Item>(kind: string): Items<T> {
  const parse = (row: ItemRow) => JSON.parse(row.body) as T; // written by this file alone
  return {
    async find(tx, account, name) {
      const row = await tx.get<ItemRow>(
        "SELECT body FROM iam_items WHERE kind = ? AND account = ? AND name_key = ?",
        kind,
        account,
        nameKey(name),
      );
      return row && parse(row);
    },

    async list(tx, { account, pathPrefix, after, limit }) {
      const rows = await tx.all<ItemRow>(
        `SELECT body FROM iam_items WHERE kind = ? AND account = ? AND name_key > ? AND substr(path, 1, ?) = ?
          ORDER BY name_key LIMIT ?`,
        kind,
        account,
        after,
        pathPrefix.length,
        pathPrefix,
        limit,
      );
      return rows.map(parse);
    },

    async of(tx, ownerId) {
      const rows = await tx.all<ItemRow>(
        "SELECT body FROM iam_items WHERE owner_id = ? AND kind = ? ORDER BY name_key LIMIT ?",
        ownerId,
        kind,
        MOST_ROWS,
      );
      return rows.map(parse);
    },

    async count(tx, account) {
      const row = await tx.get<{ n: number }>(
        "SELECT COUNT(*) AS n FROM iam_items WHERE kind = ? AND account = ?",
        kind,
        account,
      );
      return row?.n ?? 0;
    },

    async insert(tx, item) {
      const outcome = await tx.run(
        `INSERT INTO iam_items (kind, account, name_key, owner_id, path, body) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (kind, account, name_key) DO NOTHING`,
        kind,
        item.account,
        nameKey(item.name),
        item.ownerId,
        item.path,
        JSON.stringify(item),
      );
      if (outcome.changes === 0) throw new UniqueNameTaken();
    },

    async update(tx, item) {
      await tx.run(
        "UPDATE iam_items SET owner_id = ?, path = ?, body = ? WHERE kind = ? AND account = ? AND name_key = ?",
        item.ownerId,
        item.path,
        JSON.stringify(item),
        kind,
        item.account,
        nameKey(item.name),
      );
    },

    async delete(tx, account, name) {
      await tx.run(
        "DELETE FROM iam_items WHERE kind = ? AND account = ? AND name_key = ?",
        kind,
        account,
        nameKey(name),
      );
    },
  };
}
