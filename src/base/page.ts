/** One page of a list and where the next begins. `next` is absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/**
 * An opaque marker, bound to what it was made for (`scope`: operation and account), so that a marker of one
 * list cannot be used on another. It holds the last key of the page, which its reader has seen anyway.
 */
export function makeMarker(scope: string, lastKey: string): string {
  return Buffer.from(JSON.stringify([1, scope, lastKey])).toString("base64url");
}

/** The last key, or undefined when the marker is not one that `makeMarker` gave for this scope. */
export function parseMarker(scope: string, marker: string): string | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(marker, "base64url").toString("utf8"));
    if (!Array.isArray(parts) || parts[0] !== 1 || parts[1] !== scope || typeof parts[2] !== "string") return undefined;
    return parts[2];
  } catch {
    return undefined; // any text can arrive as a marker; what is not ours is simply not found
  }
}

/** Cuts `rows`, which were read with a limit of `limit + 1`, to a page. */
export function pageOf<T>(rows: readonly T[], limit: number, scope: string, keyOf: (row: T) => string): Page<T> {
  if (rows.length <= limit) return { items: rows };
  const items = rows.slice(0, limit);
  return { items, next: makeMarker(scope, keyOf(items[items.length - 1] as T)) }; // limit is at least 1
}
