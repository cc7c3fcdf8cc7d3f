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

const MOST_ROWS_A_READ = 1000;
const FEWEST_ROWS_A_READ = 8;

/**
 * One page of a list. A common prefix counts as one entry, and what lies below it is jumped over, never read through:
 * a page costs about as many rows as it has entries, however many keys the prefixes hide.
 */
export async function listPage<Row extends ListingRow>(
  query: ListingQuery,
  read: ReadRows<Row>,
): Promise<Listing<Row>> {
  if (query.limit === 0) return { entries: [], truncated: false };
  const prefix = Buffer.from(query.prefix);
  const before = successor(prefix);
  const rollUp = prefixFinder(prefix, Buffer.from(query.delimiter));
  const entries: Entry<Row>[] = [];
  let from = later({ key: prefix, id: "" }, query.after);
  let readRows = query.delimiter === "" ? Math.min(query.limit + 1, MOST_ROWS_A_READ) : FEWEST_ROWS_A_READ;

  for (;;) {
    const rows = await read(from, before, readRows);
    let jumped = false;
    for (const row of rows) {
      if (comparePositions(row, from) <= 0) continue;
      const common = rollUp(row.key);
      const isGiven = common !== undefined && query.after !== undefined && common.compare(query.after.key) <= 0;
      if (!isGiven) {
        if (entries.length === query.limit) return { entries, truncated: true };
        entries.push(common === undefined ? { row } : { prefix: common });
      }
      from = common === undefined ? { key: row.key, id: row.id } : below(common);
      jumped = common !== undefined;
    }
    if (rows.length < readRows) return { entries, truncated: false };
    readRows = jumped ? FEWEST_ROWS_A_READ : Math.min(readRows * 4, MOST_ROWS_A_READ);
  }
}

function prefixFinder(prefix: Buffer, delimiter: Buffer): (key: Buffer) => Buffer | undefined {
  if (delimiter.length === 0) return () => undefined;
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
