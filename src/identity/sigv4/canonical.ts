import type { RequestHead } from "../../wire/index.js";
import { sha256HexOfBytes } from "./hash.js";
import { ALGORITHM } from "./presented.js";

export interface CanonicalParts {
  readonly method: string;
  /** Canonical already: their rules differ by service. */
  readonly path: string;
  readonly query: string;
  readonly signedHeaders: readonly string[];
  /** The same, joined, for who has it. */
  readonly signedHeadersText?: string;
  readonly payloadHash: string;
}

/** The text that both sides must write alike, one byte a character. */
export function canonicalRequest(head: Pick<RequestHead, "headers" | "rawHeaders">, parts: CanonicalParts): string {
  let lines = "";
  for (const name of parts.signedHeaders) lines += `${name}:${headerValue(head, name)}\n`;
  const { method, path, query, signedHeaders, payloadHash } = parts;
  const names = parts.signedHeadersText ?? signedHeaders.join(";");
  return `${method}\n${path}\n${query}\n${lines}\n${names}\n${payloadHash}`;
}

/** Headers hold bytes that need not be UTF-8; what was on the wire is what is hashed. */
export function stringToSign(date: string, scopeText: string, canonical: string): string {
  return `${ALGORITHM}\n${date}\n${scopeText}\n${sha256HexOfBytes(canonical)}`;
}

/** A header that is signed and not there counts as empty, which only the one who signed it so can have meant. */
function headerValue(head: Pick<RequestHead, "headers" | "rawHeaders">, name: string): string {
  const value: unknown = head.headers[name];
  if (typeof value !== "string") return ""; // not there, or a name that every object has
  return plain(value.includes(", ") ? rejoined(head.rawHeaders, name, value) : value);
}

/** Node joins repeated headers by `, ` and signatures by `,`: only the raw ones tell a join from a comma that was sent. */
function rejoined(rawHeaders: readonly string[], name: string, value: string): string {
  const sent: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) sent.push(rawHeaders[i + 1] ?? "");
  }
  // Of some headers Node keeps only the first. The value that the house will read is the one that must be signed.
  return sent.length > 1 && sent.join(", ") === value ? sent.map(plain).join(",") : value;
}

/** No space at the ends, and one where there were more. */
function plain(value: string): string {
  const isPlain = !value.includes("  ") && !value.includes("\t") && !value.includes("\n");
  return isPlain && !value.startsWith(" ") && !value.endsWith(" ") ? value : value.trim().replace(/[ \t\r\n]+/g, " ");
}
