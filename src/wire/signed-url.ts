import { utf8 } from "../base/index.js";
import type { RequestHead } from "./port.js";
import { parseForm } from "./query-reader.js";
import { checkHeaderName, invalidArgument } from "./s3-words.js";

const SIGNATURE = /(?:^|&)(?:X-Amz-)?Signature=/;

/** They are about the signature itself, and read by who verifies it; and a customer's keys, which no URL may carry. */
const STAY: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-content-sha256",
  "x-amz-copy-source-server-side-encryption-customer-key",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-decoded-content-length",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-server-side-encryption-customer-key",
  "x-amz-signature",
  "x-amz-signedheaders",
  "x-amz-trailer",
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a header cannot hold.
const NO_HEADER_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * The head that a signed URL of S3 stands for. Signers move AWS's own headers into the query, where whoever was given
 * the URL cannot forget them: metadata, a lock, a key of KMS. They count as sent, after what was sent indeed;
 * `rawHeaders` stay that. A checksum counts only in a header: signers that have no body yet write one of nothing.
 */
export function headOfSignedUrl(head: RequestHead): RequestHead {
  const moved = [...movedHeaders(head)].filter(([name]) => !CHECKSUM.test(name));
  return moved.length === 0 ? head : withHeaders(head, moved);
}

/** The same with all that was moved, one byte a character: what a signature covers. */
export function signedHeadOfUrl(head: RequestHead): RequestHead {
  const moved = [...movedHeaders(head)].map(([name, value]) => [name, utf8(value).toString("latin1")] as const);
  return moved.length === 0 ? head : withHeaders(head, moved);
}

const CHECKSUM = /^x-amz-(?:sdk-)?checksum-/;

const withHeaders = (head: RequestHead, moved: Iterable<readonly [string, string]>): RequestHead => ({
  method: head.method,
  path: head.path,
  query: head.query,
  headers: { ...Object.fromEntries(moved), ...head.headers },
  get rawHeaders() {
    return head.rawHeaders;
  },
});

/** Of a name that is there twice the first counts. */
function movedHeaders({ query }: RequestHead): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!SIGNATURE.test(query)) return found;
  for (const [written, value] of parseForm(query)) {
    const name = written.toLowerCase();
    if (!name.startsWith("x-amz-") || STAY.has(name) || found.has(name)) continue;
    checkHeaderName(name, value);
    if (NO_HEADER_TEXT.test(value))
      throw invalidArgument(name, value, "Header value cannot be represented using ISO-8859-1.");
    found.set(name, value.trim());
  }
  return found;
}
