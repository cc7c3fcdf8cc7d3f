import type { ReadTx } from "../../../store/index.js";
import type { ListingRow, Position } from "../listing.js";
import {
  BETWEEN,
  below,
  keysInRange,
  type ListedObject,
  listKeys,
  NAME,
  rangeValues,
  readFields,
  SHOWN,
  SHOWN_FIELDS,
  shownReader,
} from "./listed.js";
import { selectObject } from "./objects.js";
import { FIRST_PLACE } from "./versions.js";

/** A version as a listing shows it. */
export interface ListedVersion extends ListedObject {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
}

/** In a position the `id` of a version is its rank among the versions of its key. */
const CURRENT_RANK = "0";
const rankOf = (place: number): string => String(place).padStart(16, "0");
const placeOf = (rank: string): number => (/^\d*$/.test(rank) ? Number(rank) : FIRST_PLACE);

const FIELDS = SHOWN_FIELDS + 2;
const STATE = `CASE WHEN noncurrent_ms IS NULL THEN 'latest' ELSE '' END || CASE WHEN is_marker = 1 THEN ' marker' ELSE '' END`;

/** Versions and markers of a range of keys: by key, the newest first. What is current stands before all other versions. */
export async function listVersions(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<ListedVersion[]> {
  const sql = `
    SELECT name, shown FROM (
      SELECT key, 0 AS place, ${NAME}, listed ${BETWEEN} version_id ${BETWEEN} 'latest' AS shown
        FROM objects WHERE ${keysInRange(from, before)}
      UNION ALL
      SELECT key, place, ${NAME}, ${SHOWN} ${BETWEEN} version_id ${BETWEEN} ${STATE} AS shown
        FROM versions WHERE bucket_id = ? AND (key, place) > (?, ?) ${below(before)}
      ORDER BY key, place LIMIT ?)`;
  const others = [bucketId, from.key, placeOf(from.id), ...(before ? [before] : [])];
  const fields = await readFields(tx, sql, [...rangeValues(bucketId, from, before), ...others, limit], FIELDS);
  const shownOf = shownReader();
  const rows: ListedVersion[] = [];
  for (let at = 0; at < fields.length; at += FIELDS) {
    const state = fields[at + SHOWN_FIELDS + 1] ?? "";
    const versionId = fields[at + SHOWN_FIELDS] ?? "";
    const { key, bytes, etag, modifiedMs, kind } = shownOf(fields, at);
    const [isLatest, isMarker] = [state.startsWith("latest"), state.endsWith("marker")];
    rows.push({ key, bytes, etag, modifiedMs, kind, versionId, isLatest, isMarker });
  }
  return rows;
}

/** The keys of `listVersions`, of the indexes alone. */
export async function listVersionKeys(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<ListingRow[]> {
  const rest = [...(before ? [before] : []), limit];
  const current = await listKeys(tx, bucketId, from, before, limit);
  const others = await tx.all<{ key: Uint8Array; place: number }>(
    `SELECT key, place FROM versions WHERE bucket_id = ? AND (key, place) > (?, ?) ${below(before)}
     ORDER BY key, place LIMIT ?`,
    bucketId,
    from.key,
    placeOf(from.id),
    ...rest,
  );
  return inListOrder([
    ...current.map(({ key }) => ({ key, id: CURRENT_RANK })),
    ...others.map((row) => ({ key: Buffer.from(row.key), id: rankOf(Number(row.place)) })),
  ]).slice(0, limit);
}

const inListOrder = (rows: ListingRow[]): ListingRow[] =>
  rows.sort((a, b) => a.key.compare(b.key) || (a.id < b.id ? -1 : 1));

/**
 * The position of a version in a listing. One that is not there any more, as when the versions of a page were deleted
 * before the next is asked for, stands before all that is left of its key: rather twice than never.
 */
export async function positionOf(tx: ReadTx, bucketId: string, key: string, versionId: string): Promise<Position> {
  const name = Buffer.from(key);
  const current = await selectObject(tx, bucketId, key);
  if (current?.versionId === versionId) return { key: name, id: CURRENT_RANK };
  const row = await tx.get<{ place: number }>(
    "SELECT place FROM versions WHERE bucket_id = ? AND key = ? AND version_id = ?",
    bucketId,
    name,
    versionId,
  );
  return { key: name, id: row ? rankOf(Number(row.place)) : "" };
}
