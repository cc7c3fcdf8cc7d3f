/** Recordings by scenario and step: ids, dates, names and Regions in them are masks as `<version-id:1>` or `datetime`. */
export type Scenarios = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the body of an object decides, or chance. */
const VALUES = /^(ETag|Body|Checksum(CRC|SHA)\w+)$/;

/** A date, the name of what stood there, or a mask within a text, but no element of a page. Of the first two nothing is remembered. */
const MASK =
  /^(?:datetime|date|last-modified|server|bucket|display-name|owner-id|i-d|(?:x-amz-)?(?:id-2|request-id)|host-id)$|<(?!(?:html|head|title|body|h\d|ul|li)>)[\w-]+(?:[:_]\d+)?>|\b1{12}\b/g;

/** What is another with each request: the recordings' masks of it are not numbered, or one for all. */
const PASSING = /^<(?:host-id(?::\d+)?|request-id|bucket-name|string-to-sign|canonical-request)>$/;

/** How a body is framed and whether a connection is kept is between the two ends, not in the answer. */
const FRAMING: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

/**
 * Where an answer differs from its recording. A mask fits any text, and the same mask the same text all through the
 * scenario, and another mask another. With `otherValues` that goes for values which the bodies decide, too.
 */
export function faultsOf(recorded: unknown, actual: unknown, otherValues: boolean): string[] {
  const bound = new Map<string, string>();
  const faults: string[] = [];
  compare("", recorded, actual);
  return faults;

  function compare(path: string, wanted: unknown, given: unknown): void {
    if (wanted === EXPIRATION && given !== undefined) return;
    if (Array.isArray(wanted) && Array.isArray(given)) {
      if (wanted.length !== given.length) faults.push(`${path}: ${given.length} in the place of ${wanted.length}`);
      else for (const [at, each] of wanted.entries()) compare(`${path}[${at}]`, each, given[at]);
    } else if (isObject(wanted) && isObject(given)) compareObjects(path, wanted, given);
    else if (typeof wanted === "string" && typeof given === "string") compareTexts(path, wanted, given);
    else if (wanted !== given) faults.push(`${path}: ${show(given)} in the place of ${show(wanted)}`);
  }

  function compareObjects(path: string, wanted: Members, given: Members): void {
    if (path.endsWith(".Headers")) compareHeaders(path, inSmall(wanted), inSmall(given));
    else {
      // Of an answer's headers those that the recording names count; most recordings name none.
      const isHeaders = path.endsWith("HTTPHeaders");
      const names = new Set([...Object.keys(wanted), ...(isHeaders ? [] : Object.keys(given))]);
      for (const name of names) compare(`${path}.${name}`, wanted[name], given[name]);
    }
  }

  /** All of an answer's headers. A length may stand in the place of chunks. */
  function compareHeaders(path: string, wanted: Members, given: Members): void {
    const isChunked = wanted["transfer-encoding"] !== undefined;
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(given)])) {
      if (FRAMING.has(name) || (isChunked && name === "content-length")) continue;
      compare(`${path}.${name}`, wanted[name], given[name]);
    }
  }

  function compareTexts(path: string, wanted: string, given: string): void {
    const isValue = otherValues && VALUES.test(path.replace(/^.*\./, ""));
    if (isValue) bind(path, `value ${wanted.replaceAll('"', "")}`, given.replaceAll('"', ""));
    else if (wanted !== given) compareMasked(path, wanted, given);
  }

  function compareMasked(path: string, wanted: string, given: string): void {
    const masks = [...wanted.matchAll(MASK)].map(([mask]) => mask);
    const pattern = wanted.split(MASK).map(escaped).join("(.*?)");
    const found = masks.length > 0 ? new RegExp(`^${pattern}$`, "s").exec(given) : null;
    if (!found) faults.push(`${path}: ${show(given)} in the place of ${show(wanted)}`);
    else for (const [at, mask] of masks.entries()) if (isBound(mask)) bind(path, mask, found[at + 1] ?? "");
  }

  function bind(path: string, mask: string, text: string): void {
    const before = bound.get(mask);
    if (before === undefined) bound.set(mask, text);
    else if (before !== text) faults.push(`${path}: ${show(text)} and ${show(before)} for ${mask}`);
  }
}

/** It stands for a rule's element and for what answers tell of any rule. */
const EXPIRATION = "<expiration>";

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isBound = (mask: string) => mask.startsWith("<") && !PASSING.test(mask);
const inSmall = (headers: Members): Members =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const show = (value: unknown) => String(JSON.stringify(value)).slice(0, 200);
