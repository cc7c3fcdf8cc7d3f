import { AwsError, type Page, pageOf, parseMarker } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";

export interface ListInput {
  readonly Limit?: number | undefined;
  readonly Marker?: string | undefined;
}

/** One list operation in one account and Region: markers of another are not taken (kms 1.6). */
export interface ListScope {
  readonly after: string;
  readonly limit: number;
  readonly scope: string;
}

/** `most`: what the operation takes, where the model would let more pass. `of`: the key that the list is about. */
export function listScope(
  ctx: RequestContext,
  operation: string,
  input: ListInput,
  { usual, most, of = "" }: { readonly usual: number; readonly most: number; readonly of?: string },
): ListScope {
  const limit = input.Limit ?? usual;
  if (limit > most) throw tooMany(limit, most);
  const scope = [operation, ctx.caller.account, ctx.region, of].join(" ");
  const after = input.Marker === undefined ? "" : parseMarker(scope, input.Marker);
  if (after === undefined) throw new AwsError("InvalidMarkerException");
  return { after, limit, scope };
}

/** `rows` were read with one more than the limit. */
export function listPage<T>(rows: readonly T[], { limit, scope }: ListScope, keyOf: (row: T) => string): Page<T> {
  return pageOf(rows, limit, scope, keyOf);
}

/** `Truncated` is always there, `NextMarker` only with more to come. */
export const pageMembers = (page: Page<unknown>) => ({
  Truncated: page.next !== undefined,
  ...(page.next === undefined ? {} : { NextMarker: page.next }),
});

const tooMany = (limit: number, most: number) =>
  new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  );
