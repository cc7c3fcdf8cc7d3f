/**
 * URI encoding as signatures want it (RFC 3986's unreserved characters stay, all else is `%XX` in upper case).
 * Text is one byte a character, as Node reads it from the wire; so nothing here has to know UTF-8.
 */
const SLASH = 0x2f;

/** The service decodes once and encodes once, so `%7e` and `~` are one path. S3 keeps dots and empty segments. */
export const s3Path = (path: string): string => encode(decode(path), true) || "/";

/** All services but S3: the path is made plain, then what is already encoded is encoded once more. */
export const normalisedPath = (path: string): string => encodedPath(withoutDots(path));

export const encodedPath = (path: string): string => encode(path, true);

/** Pairs re-encoded and ordered by name, then value. `without` is left out: a signature does not sign itself. */
export function canonicalQuery(query: string, without?: string): string {
  if (query === "") return "";
  const pairs: [name: string, value: string][] = [];
  for (const [name, value] of queryPairs(query)) {
    if (name !== without) pairs.push([encode(name, false), encode(value, false)]);
  }
  pairs.sort(byNameThenValue);
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Decoded pairs. `+` is a space here because it is one where the parameters are read. */
export function* queryPairs(query: string): Generator<[name: string, value: string]> {
  for (const part of query.split("&")) {
    if (part === "") continue;
    const plain = part.includes("+") ? part.replaceAll("+", " ") : part;
    const mark = plain.indexOf("=");
    yield mark < 0 ? [decode(plain), ""] : [decode(plain.slice(0, mark)), decode(plain.slice(mark + 1))];
  }
}

function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  return order(a[0], b[0]) || order(a[1], b[1]);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `/a//b/./c/..` is `/a/b`; a slash at the end stays. */
function withoutDots(path: string): string {
  if (path === "" || path === "/") return "/";
  if (!path.includes("//") && !path.includes("/.")) return path;
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}${kept.length > 0 && path.endsWith("/") ? "/" : ""}`;
}

/** A percent sign that begins no byte stands for itself. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

function encode(text: string, keepSlash: boolean): string {
  for (let i = 0; i < text.length; i += 1) {
    if (!isKept(text.charCodeAt(i), keepSlash)) return encodeFrom(text, i, keepSlash);
  }
  return text;
}

function encodeFrom(text: string, first: number, keepSlash: boolean): string {
  let encoded = text.slice(0, first);
  for (let i = first; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    encoded += isKept(code, keepSlash) ? text[i] : `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function isKept(code: number, keepSlash: boolean): boolean {
  if (code === SLASH) return keepSlash;
  return UNRESERVED[code] === 1;
}

const UNRESERVED = new Uint8Array(256);
for (const kept of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  UNRESERVED[kept.charCodeAt(0)] = 1;
