/** The members of S3's listings that are key names or parts of them. */
const NAMES = new Set([
  "Key",
  "Prefix",
  "Delimiter",
  "Marker",
  "NextMarker",
  "StartAfter",
  "KeyMarker",
  "NextKeyMarker",
]);

type Output = Readonly<Record<string, unknown>>;

/**
 * `encoding-type=url`: names are sent percent-encoded, since XML cannot hold every character. The operation gives
 * them as they are and echoes the type; the encoding is done here.
 */
export function urlEncodeNames(output: Output): Output {
  return output["EncodingType"] === "url" ? encodeStructure(output) : output;
}

function encodeStructure(value: Output): Output {
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, encodePart(name, part)]));
}

function encodePart(name: string, part: unknown): unknown {
  if (typeof part === "string") return NAMES.has(name) ? urlEncode(part) : part;
  if (Array.isArray(part)) return part.map((item) => encodePart(name, item));
  return part !== null && typeof part === "object" && !(part instanceof Date) && !(part instanceof Uint8Array)
    ? encodeStructure(part as Output) // a structure of the output
    : part;
}

/** As S3 does it: like a form, but slashes stay. */
const urlEncode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
