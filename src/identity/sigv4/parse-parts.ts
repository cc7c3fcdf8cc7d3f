import { type AwsError, Lru } from "../../base/index.js";
import { parseAmzTime } from "./amz-time.js";
import { type Family, incomplete } from "./errors.js";
import type { Presented, Scope } from "./presented.js";
import { s3AccessDenied, s3MalformedCredential } from "./s3-errors.js";

let lastDate: Pick<Presented, "date" | "dateMs"> = { date: "", dateMs: Number.NaN };

/** All requests of a second carry the same text. */
export function parseAmzDate(date: string, family: Family): Pick<Presented, "date" | "dateMs"> {
  if (date === lastDate.date) return lastDate;
  const dateMs = parseAmzTime(date);
  if (dateMs !== undefined) {
    lastDate = { date, dateMs };
    return lastDate;
  }
  if (family === "s3") throw s3AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
  throw incomplete(family, "Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601");
}

type Credential = Pick<Presented, "accessKeyId" | "scope" | "scopeText">;

export const MOST_KEY_ID_CHARS = 128;

export function parseCredential(text: string, family: Family, kind: Presented["kind"]): Credential {
  const [accessKeyId, date, region, service, terminator, ...rest] = text.split("/", 6);
  if (!accessKeyId || accessKeyId.length > MOST_KEY_ID_CHARS || !date || !region || !service || !terminator)
    throw badCredential(family, kind);
  if (rest.length > 0) throw badCredential(family, kind);
  const scope: Scope = { date, region, service, terminator };
  return { accessKeyId, scope, scopeText: text.slice(accessKeyId.length + 1) };
}

function badCredential(family: Family, kind: Presented["kind"]): AwsError {
  return family === "s3"
    ? s3MalformedCredential(
        kind,
        'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      )
    : incomplete(
        family,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
      );
}

const MOST_LISTS = 1000;
const lists = new Lru<string, readonly string[]>(MOST_LISTS);

/** Clients sign the same few lists again and again: names that are known already are also found faster in the headers. */
export function signedHeaderNames(text: string): readonly string[] {
  const known = lists.get(text);
  if (known !== undefined) return known;
  const names = text.split(";");
  lists.set(text, names);
  return names;
}
