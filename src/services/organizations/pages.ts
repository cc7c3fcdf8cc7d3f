import { type Page, pageOf, parseMarker } from "../../base/index.js";
import { errors } from "./errors.js";

interface PageInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

const MOST = 20;

/** One page of a list in order of key. `scope` ties a token to its list. */
export async function page<T>(
  scope: string,
  input: PageInput,
  read: (after: string, limit: number) => Promise<readonly T[]>,
  keyOf: (item: T) => string,
): Promise<{ readonly items: readonly T[]; readonly end: { readonly NextToken?: string } }> {
  const after = input.NextToken === undefined ? "" : parseMarker(scope, input.NextToken);
  if (after === undefined) throw errors.input("INVALID_NEXT_TOKEN", "You provided an invalid NextToken.");
  const limit = input.MaxResults ?? MOST;
  const { items, next }: Page<T> = pageOf(await read(after, limit + 1), limit, scope, keyOf);
  return { items, end: next === undefined ? {} : { NextToken: next } };
}

/** For lists that are short enough to be in memory. */
export const pageOfList = <T>(scope: string, input: PageInput, all: readonly T[], keyOf: (item: T) => string) => {
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const read = async (after: string, limit: number) => sorted.filter((item) => keyOf(item) > after).slice(0, limit);
  return page(scope, input, read, keyOf);
};
