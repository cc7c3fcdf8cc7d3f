import type { KeyRef } from "../key.js";

/** Where a key's rows are: the first three values of every statement about one key. */
export const at = (ref: KeyRef): [string, string, string] => [ref.account, ref.region, ref.id];

export const countOf = (row: unknown): number => Number((row as { count: number | bigint }).count); // every SELECT COUNT(*) AS count
