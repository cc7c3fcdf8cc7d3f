import { makeMarker, parseMarker } from "../../base/index.js";
import { validationError } from "./errors.js";

interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** What every list of IAM ends with. */
export interface PageEnd {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

const DEFAULT_ITEMS = 100;

/** Where a page begins and how long it is. `scope` ties a marker to its list. */
export function pageStart(scope: string, input: PageInput): { after: string; limit: number } {
  const after = input.Marker === undefined ? "" : parseMarker(scope, input.Marker);
  if (after === undefined) throw validationError("Invalid Marker.");
  return { after, limit: input.MaxItems ?? DEFAULT_ITEMS };
}

/** Cuts rows that were read with one more than the limit. */
export function cutPage<T>(
  scope: string,
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string,
): { items: readonly T[]; end: PageEnd } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items, end: { IsTruncated: false } };
  return { items, end: { IsTruncated: true, Marker: makeMarker(scope, keyOf(last)) } };
}

/** A page of a list that is short enough to be in memory. It comes in order of key. */
export function pageOfList<T>(scope: string, all: readonly T[], input: PageInput, keyOf: (row: T) => string) {
  const { after, limit } = pageStart(scope, input);
  const sorted = all
    .map((row) => ({ key: keyOf(row), row }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { items, end } = cutPage(scope, sorted.slice(0, limit + 1), limit, ({ key }) => key);
  return { items: items.map(({ row }) => row), end };
}
