import type { ReadTx, SqlValue } from "../../../store/index.js";
import type { Checksum } from "../checksums.js";
import type { ListingRow, Position } from "../listing.js";
import { type Restore, unpacked } from "./objects.js";

/** What a listing shows of an object. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly kind: ListedKind;
}

/** What most objects of a page have in common: then it is one and the same for all of them. */
export interface ListedKind {
  readonly storageClass: string;
  /** Absent where nobody is told. */
  readonly checksum?: Pick<Checksum, "algorithm" | "type">;
  readonly restore: Restore | undefined;
}

/** Stands between two fields. Of them only a key can hold it itself. */
const SEPARATOR = "\u0001";
export const BETWEEN = `|| '${SEPARATOR}' ||`;

/** Migration 50 says the same of `objects`, where `listed` holds it in an index. */
const KIND = `COALESCE(headers ->> 'storageClass', '') || ' '
  || CASE WHEN (checksum ->> 'untold') IS NULL
       THEN COALESCE((checksum ->> 'algorithm') || ' ' || (checksum ->> 'type'), ' ') ELSE ' ' END
  || ' ' || restore`;
export const SHOWN = `size ${BETWEEN} etag ${BETWEEN} modified_ms ${BETWEEN} ${KIND}`;
/** Those of NAME and SHOWN. */
export const SHOWN_FIELDS = 5;
export const NAME = "CAST(key AS TEXT) AS name";

/** A whole range of keys of a bucket, in order, after `from` and below `before`. */
export async function listObjects(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<ListedObject[]> {
  const sql = `SELECT ${NAME}, listed AS shown FROM objects WHERE ${keysInRange(from, before)} ORDER BY key LIMIT ?`;
  const fields = await readFields(tx, sql, [...rangeValues(bucketId, from, before), limit], SHOWN_FIELDS);
  const shownOf = shownReader();
  const rows: ListedObject[] = [];
  for (let at = 0; at < fields.length; at += SHOWN_FIELDS) rows.push(shownOf(fields, at));
  return rows;
}

/** The keys of a range, of the index alone: no row is read. */
export async function listKeys(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<ListingRow[]> {
  const rows = await tx.all<{ key: Uint8Array; version_id: string }>(
    `SELECT key, version_id FROM objects WHERE ${keysInRange(from, before)} ORDER BY key LIMIT ?`,
    ...rangeValues(bucketId, from, before),
    limit,
  );
  return rows.map((row) => ({ key: Buffer.from(row.key), id: row.version_id }));
}

/** A key has one row in `objects`, so its id need not be compared. */
export const keysInRange = (from: Position, before: Buffer | undefined): string =>
  `bucket_id = ? AND key ${from.id === "" ? ">=" : ">"} ? ${below(before)}`;

export const below = (before: Buffer | undefined): string => (before ? "AND key < ?" : "");

export const rangeValues = (bucketId: string, from: Position, before: Buffer | undefined): SqlValue[] =>
  before ? [bucketId, from.key, before] : [bucketId, from.key];

/**
 * The fields of all rows, one row behind the other. They come as one text: to hand over a thousand rows costs the driver
 * many times what SQLite needs to find them. A key that holds the separator shows in the number of fields, and then the
 * rows come one by one.
 */
export async function readFields(
  tx: ReadTx,
  sql: string,
  values: readonly SqlValue[],
  fieldsOfRow: number,
): Promise<string[]> {
  const page = await tx.get<{ text: string | null; rows: number }>(
    `SELECT string_agg(name ${BETWEEN} shown, '${SEPARATOR}') AS text, COUNT(*) AS rows FROM (${sql})`,
    ...values,
  );
  if (page === undefined || page.text === null) return [];
  const fields = page.text.split(SEPARATOR);
  if (fields.length === Number(page.rows) * fieldsOfRow) return fields;
  const rows = await tx.all<{ name: string; shown: string }>(sql, ...values);
  return rows.flatMap((row) => [row.name, ...row.shown.split(SEPARATOR)]);
}

export function shownReader(): (fields: readonly string[], at: number) => ListedObject {
  let text: string | undefined;
  let kind: ListedKind | undefined;
  return (fields, at) => {
    const kindText = fields[at + 4] ?? "";
    if (kind === undefined || kindText !== text) {
      text = kindText;
      kind = kindOf(kindText);
    }
    return {
      key: fields[at] ?? "",
      bytes: Number(fields[at + 1]),
      etag: fields[at + 2] ?? "",
      modifiedMs: Number(fields[at + 3]),
      kind,
    };
  };
}

/** What KIND wrote. The restore comes last: it is JSON, or nothing. */
function kindOf(text: string): ListedKind {
  const [storageClass = "", algorithm = "", type = ""] = text.split(" ", 3);
  const restore = unpacked<Restore>(text.slice(storageClass.length + algorithm.length + type.length + 3));
  if (algorithm === "") return { storageClass, restore };
  return { storageClass, restore, checksum: { algorithm, type } as Checksum }; // written by insertObject
}
