import type { RequestHead } from "../../wire/index.js";
import { credentialError } from "../sigv4/errors.js";
import { MOST_KEY_ID_CHARS } from "../sigv4/parse-parts.js";
import { parsePayloadDeclaration } from "../sigv4/payload.js";
import type { PayloadDeclaration } from "../sigv4/presented.js";
import { s3AccessDenied, s3TwoMechanisms } from "../sigv4/s3-errors.js";
import { queryPairs } from "../sigv4/uri.js";

/** A URL's signature as it was sent: well formed, and not believed yet. */
export interface PresentedVersion2 {
  readonly kind: "version-2";
  readonly accessKeyId: string;
  readonly signature: string;
  /** Seconds since 1970, as they were written: the text is what is signed. */
  readonly expires: string;
  readonly sessionToken: string | undefined;
  readonly payload: PayloadDeclaration;
}

const MARKS = /(?:^|&)(?:AWSAccessKeyId|Signature)=/;
const MARKS_OF_VERSION_4 = /(?:^|&)X-Amz-(?:Algorithm|Credential|Signature)=/;
const PARAMETERS: ReadonlySet<string> = new Set(["AWSAccessKeyId", "Signature", "Expires", "x-amz-security-token"]);

/** Undefined: no signature of version 2. Throws when somebody tried and it cannot be read. */
export function parseVersion2(head: RequestHead): PresentedVersion2 | undefined {
  const { query, headers } = head;
  if (!MARKS.test(query)) return undefined;
  if (headers["authorization"] !== undefined || MARKS_OF_VERSION_4.test(query)) throw s3TwoMechanisms();
  const parameters = parametersOf(query);
  const accessKeyId = parameters.get("AWSAccessKeyId");
  const signature = parameters.get("Signature");
  const expires = parameters.get("Expires");
  if (!accessKeyId || !signature || !expires)
    throw s3AccessDenied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
  if (accessKeyId.length > MOST_KEY_ID_CHARS)
    throw credentialError("s3", "unknown-key", accessKeyId.slice(0, MOST_KEY_ID_CHARS));
  return {
    kind: "version-2",
    accessKeyId,
    signature,
    expires: checkExpires(expires),
    sessionToken: parameters.get("x-amz-security-token") ?? headers["x-amz-security-token"],
    payload: parsePayloadDeclaration(headers["x-amz-content-sha256"], "s3"),
  };
}

/** A parameter that is there twice is kept as an empty one: no value is right. */
function parametersOf(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of queryPairs(query))
    if (PARAMETERS.has(name)) found.set(name, found.has(name) ? "" : value);
  return found;
}

function checkExpires(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw s3AccessDenied(`Invalid date (should be seconds since epoch): ${text.slice(0, 64)}`);
}
