import { errors } from "./errors.js";

/** The bytes of an object from `first` to `last`, both included, or nothing of an empty object. */
export interface Span {
  readonly first: number;
  readonly bytes: number;
}

export const wholeOf = (bytes: number): Span => ({ first: 0, bytes });

/**
 * What a Range header asks of an object of that size (RFC 9110, section 14). Undefined: answer with the whole, as S3
 * does for several ranges and for what it cannot read. Throws InvalidRange where nothing of the range is there.
 */
export function parseRange(header: string | undefined, objectBytes: number): Span | undefined {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || header === undefined) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "") return to === "" ? undefined : lastBytes(header, Number(to), objectBytes);
  const first = Number(from);
  const last = to === "" ? objectBytes - 1 : Math.min(Number(to), objectBytes - 1);
  if (to !== "" && Number(to) < first) return undefined;
  if (first >= objectBytes) throw errors.invalidRange(header, objectBytes);
  return { first, bytes: last - first + 1 };
}

function lastBytes(header: string, count: number, objectBytes: number): Span {
  if (count === 0 || objectBytes === 0) throw errors.invalidRange(header, objectBytes);
  const bytes = Math.min(count, objectBytes);
  return { first: objectBytes - bytes, bytes };
}

/** `x-amz-copy-source-range`: stricter than Range, both ends and within the object. */
export function parseCopyRange(header: string, sourceBytes: number): Span {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || last < first) throw badCopyRange(header);
  if (first >= sourceBytes)
    throw errors.invalidRequest("The specified copy range is invalid for the source object size");
  if (last >= sourceBytes) {
    throw errors.invalidArgument(
      `Range specified is not valid for source object of size: ${sourceBytes}`,
      "x-amz-copy-source-range",
      header,
    );
  }
  return { first, bytes: last - first + 1 };
}

const badCopyRange = (header: string) =>
  errors.invalidArgument(
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    "x-amz-copy-source-range",
    header,
  );

export const contentRange = (span: Span, objectBytes: number): string =>
  `bytes ${span.first}-${span.first + span.bytes - 1}/${objectBytes}`;
