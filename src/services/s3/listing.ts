import { needs } from "../../base/index.js";

/**
 * Where a list stands: everything up to and including this key and id was given. Keys are ordered by their UTF-8
 * bytes; ids order what shares a key (versions, uploads). The empty id stands before all.
 */
export interface Position {
  readonly key: Buffer;
  readonly id: string;
}

/** After every id of that key. */
export const afterKey = (key: Buffer): Position => ({ key, id: LAST_ID });
const LAST_ID = "\u{10ffff}";

export interface ListingQuery {
  readonly prefix: string;
  /** Empty: nothing is rolled up. */
  readonly delimiter: string;
  readonly after: Position | undefined;
  readonly limit: number;
}

export interface ListingRow {
  readonly key: Buffer;
  readonly id: string;
}

export type Entry<Row> = { readonly row: Row } | { readonly prefix: Buffer };

export interface Listing<Row> {
  /** Rows and common prefixes in one order. */
  readonly entries: readonly Entry<Row>[];
  readonly truncated: boolean;
}

/** Reads rows after `from` and with keys below `before`, in order, at most `limit`. */
export type ReadRows<Row> = (from: Position, before: Buffer | undefined, limit: number) => Promise<Row[]>;

const MOST_KEYS_A_READ = 1000;

/**
 * One page of a list. A common prefix counts as one entry, and what lies below it is jumped over, never read through:
 * a page costs about as many keys as it has entries, however many the prefixes hide. `readKeys` is `read` for keys and
 * ids alone, which are to be had for less: whole rows are read only of what the page shows.
 */
export async function listPage<Row>(
  query: ListingQuery,
  read: ReadRows<Row>,
  readKeys: ReadRows<ListingRow>,
): Promise<Listing<Row>> {
  if (query.limit === 0) return { entries: [], truncated: false };
  const prefix = Buffer.from(query.prefix);
  const from = later({ key: prefix, id: "" }, query.after);
  if (query.delimiter !== "") return rolledUp(query, from, read, readKeys);
  const rows = await read(from, successor(prefix), query.limit + 1);
  return { entries: rows.slice(0, query.limit).map((row) => ({ row })), truncated: rows.length > query.limit };
}

/** Entries that follow each other without a common prefix between them: their rows are read in one piece. */
interface Run {
  readonly at: number;
  readonly from: Position;
  count: number;
}

async function rolledUp<Row>(
  query: ListingQuery,
  start: Position,
  read: ReadRows<Row>,
  readKeys: ReadRows<ListingRow>,
): Promise<Listing<Row>> {
  const { found, runs, truncated } = await findEntries(query, start, readKeys);
  const entries = found as Entry<Row>[]; // once the rows of all runs stand in their places
  for (const { at, from, count } of runs) {
    const rows = await read(from, undefined, count);
    needs(rows.length === count, "rows are where their keys were: a page is read in one view");
    for (const [index, row] of rows.entries()) entries[at + index] = { row };
  }
  return { entries, truncated };
}

async function findEntries(query: ListingQuery, start: Position, readKeys: ReadRows<ListingRow>) {
  const prefix = Buffer.from(query.prefix);
  const before = successor(prefix);
  const rollUp = prefixFinder(prefix, Buffer.from(query.delimiter));
  const found: Entry<ListingRow>[] = [];
  const runs: Run[] = [];
  let run: Run | undefined;
  let from = start;
  for (let count = 1; ; ) {
    const rows = await readKeys(from, before, count);
    let jumped = false;
    for (const row of rows) {
      if (comparePositions(row, from) <= 0) continue;
      const common = rollUp(row.key);
      const isGiven = common !== undefined && query.after !== undefined && common.compare(query.after.key) <= 0;
      if (!isGiven && found.length === query.limit) return { found, runs, truncated: true };
      if (common === undefined) {
        if (run === undefined) {
          run = { at: found.length, from, count: 0 };
          runs.push(run);
        }
        run.count += 1;
        found.push({ row });
        from = { key: row.key, id: row.id };
      } else {
        run = undefined;
        if (!isGiven) found.push({ prefix: common });
        from = below(common);
        jumped = true;
      }
    }
    if (rows.length < count) return { found, runs, truncated: false };
    count = jumped ? 1 : Math.min(count * 8, MOST_KEYS_A_READ);
  }
}

function prefixFinder(prefix: Buffer, delimiter: Buffer): (key: Buffer) => Buffer | undefined {
  return (key) => {
    const at = key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.subarray(0, at + delimiter.length);
  };
}

/** Just before the first key that does not start with `prefix`. A prefix of 0xff bytes alone cannot be UTF-8. */
const below = (prefix: Buffer): Position => ({ key: successor(prefix) ?? prefix, id: "" });

/** The smallest key greater than every key with that prefix; undefined when there is none. */
export function successor(prefix: Buffer): Buffer | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const next = Buffer.from(prefix.subarray(0, end));
  next[end - 1]! += 1;
  return next;
}

const later = (a: Position, b: Position | undefined): Position => (b && comparePositions(b, a) > 0 ? b : a);

function comparePositions(a: Position, b: Position): number {
  return a.key.compare(b.key) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** What `encoding-type=url` makes of a name: as S3 does it, slashes stay and spaces become `+`. */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}
