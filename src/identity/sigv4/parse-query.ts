import { type AwsError, LIMITS } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { parseAmzTime } from "./amz-time.js";
import { type Family, incomplete } from "./errors.js";
import { parseAmzDate, parseCredential, signedHeaderNames } from "./parse-parts.js";
import { parsePayloadDeclaration } from "./payload.js";
import { ALGORITHM, type PayloadDeclaration, type Presented } from "./presented.js";
import { s3BadPayloadDeclaration, s3MalformedQuery } from "./s3-errors.js";
import { queryPairs } from "./uri.js";

const PARAMETERS: ReadonlySet<string> = new Set([
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
  "X-Amz-Security-Token",
  "X-Amz-Content-Sha256",
]);

/** Of signature version 2, which S3 alone takes (`sigv2/` reads it first); the others refuse it. */
const VERSION_2: ReadonlySet<string> = new Set(["AWSAccessKeyId", "Signature"]);

/** Undefined when the URL carries no signature. A parameter that is there twice is kept as an empty one: no value is right. */
export function signatureParameters(query: string): ReadonlyMap<string, string> | undefined {
  if (!query.includes("X-Amz-") && !query.includes("AWSAccessKeyId")) return undefined;
  const found = new Map<string, string>();
  for (const [name, value] of queryPairs(query)) {
    if (PARAMETERS.has(name) || VERSION_2.has(name)) found.set(name, found.has(name) ? "" : value);
  }
  const isSigned = found.has("X-Amz-Signature") || found.has("X-Amz-Algorithm") || found.has("X-Amz-Credential");
  return isSigned || (found.has("AWSAccessKeyId") && found.has("Signature")) ? found : undefined;
}

export function parseQuery(head: RequestHead, family: Family, parameters: ReadonlyMap<string, string>): Presented {
  const algorithm = parameters.get("X-Amz-Algorithm");
  if (algorithm !== ALGORITHM) throw badAlgorithm(family, algorithm);
  const credential = parameters.get("X-Amz-Credential");
  const date = parameters.get("X-Amz-Date");
  const signedHeaders = parameters.get("X-Amz-SignedHeaders");
  const signature = parameters.get("X-Amz-Signature");
  if (!credential || !date || !signedHeaders || !signature) throw missingParameters(family);
  return {
    kind: "query",
    ...parseCredential(credential, family, "query"),
    signedHeaders: signedHeaderNames(signedHeaders),
    signedHeadersText: signedHeaders,
    signature,
    ...queryDate(date, family),
    expiresSeconds: parseExpires(parameters.get("X-Amz-Expires"), family),
    sessionToken: parameters.get("X-Amz-Security-Token") ?? head.headers["x-amz-security-token"],
    payload: declaredPayload(head, family, parameters.get("X-Amz-Content-Sha256")),
  };
}

/** Whether a body is cut into chunks is read from the header, so a URL alone must not say that it is. */
function declaredPayload(head: RequestHead, family: Family, parameter: string | undefined): PayloadDeclaration {
  const header = head.headers["x-amz-content-sha256"];
  const payload = parsePayloadDeclaration(header ?? parameter, family);
  if (header === undefined && payload.kind === "chunks" && family === "s3") throw s3BadPayloadDeclaration(payload.text);
  return payload;
}

function badAlgorithm(family: Family, algorithm: string | undefined): AwsError {
  if (family !== "s3")
    return incomplete(family, `AWS query-string parameters must include 'X-Amz-Algorithm=${ALGORITHM}'.`);
  if (algorithm === undefined) return missingParameters(family);
  return s3MalformedQuery(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
}

function missingParameters(family: Family): AwsError {
  return family === "s3"
    ? s3MalformedQuery(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, " +
          "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      )
    : incomplete(
        family,
        "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', " +
          "'X-Amz-SignedHeaders' and 'X-Amz-Date'.",
      );
}

function queryDate(date: string, family: Family): Pick<Presented, "date" | "dateMs"> {
  if (family === "s3" && parseAmzTime(date) === undefined)
    throw s3MalformedQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  return parseAmzDate(date, family);
}

function parseExpires(text: string | undefined, family: Family): number | undefined {
  if (text === undefined && family !== "s3") return undefined;
  if (text === undefined) throw missingParameters(family);
  const wrong = expiresProblem(text);
  if (wrong === undefined) return Number(text);
  throw family === "s3" ? s3MalformedQuery(wrong) : incomplete(family, wrong);
}

function expiresProblem(text: string): string | undefined {
  if (/^-\d+$/.test(text)) return "X-Amz-Expires must be non-negative";
  if (!/^\d{1,15}$/.test(text)) return "X-Amz-Expires should be a number";
  if (Number(text) <= LIMITS.presignSeconds) return undefined;
  return (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than " +
    `${LIMITS.presignSeconds} seconds`
  );
}
