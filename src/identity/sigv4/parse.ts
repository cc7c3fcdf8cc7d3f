import { type AwsError, LIMITS } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { formatAmzTime, parseAmzTime } from "./amz-time.js";
import { type Family, refusal } from "./errors.js";
import { sha256Hex } from "./hash.js";
import { parsePayloadDeclaration } from "./payload.js";
import { ALGORITHM, type Presented, type Scope } from "./presented.js";
import {
  s3AccessDenied,
  s3InvalidArgument,
  s3MalformedCredential,
  s3MalformedHeader,
  s3MalformedQuery,
  s3TwoMechanisms,
  s3UnsupportedMechanism,
} from "./s3-errors.js";
import { queryPairs } from "./uri.js";

/** Undefined: nobody signed. Throws when somebody tried and it cannot be read; what is returned proves nothing yet. */
export function parseSignature(head: RequestHead, family: Family): Presented | undefined {
  const authorization = head.headers["authorization"];
  const parameters = signatureParameters(head.query);
  if (authorization === undefined) return parameters && parseQuery(head, family, parameters);
  if (parameters !== undefined) {
    throw family === "s3" ? s3TwoMechanisms() : incomplete(family, "Only one way of signing a request is allowed.");
  }
  return parseHeader(head, family, authorization);
}

function parseHeader(head: RequestHead, family: Family, authorization: string): Presented {
  const parts = authorizationParts(authorization, family);
  const credential = parts.get("Credential");
  const signedHeaders = parts.get("SignedHeaders");
  const signature = parts.get("Signature");
  if (!credential || !signedHeaders || !signature || parts.size !== 3) throw missingParts(family, parts, authorization);
  return {
    kind: "header",
    ...parseCredential(credential, family, "header"),
    signedHeaders: parseSignedHeaders(signedHeaders),
    signature,
    ...headerDate(head, family),
    expiresSeconds: undefined,
    sessionToken: head.headers["x-amz-security-token"],
    payload: parsePayloadDeclaration(head.headers["x-amz-content-sha256"], family),
  };
}

/** `Credential=…, SignedHeaders=…, Signature=…` behind the algorithm; the spaces may be missing. */
function authorizationParts(authorization: string, family: Family): Map<string, string> {
  if (!authorization.startsWith(`${ALGORITHM} `)) throw unsupported(authorization, family);
  const parts = new Map<string, string>();
  for (const part of authorization.slice(ALGORITHM.length + 1).split(",")) {
    const text = part.trim();
    const mark = text.indexOf("=");
    const name = text.slice(0, Math.max(mark, 0));
    if (mark <= 0 || parts.has(name)) throw badPart(family, authorization);
    parts.set(name, text.slice(mark + 1));
  }
  return parts;
}

function unsupported(authorization: string, family: Family): AwsError {
  if (family !== "s3") return badPart(family, authorization);
  return authorization.startsWith("AWS")
    ? s3UnsupportedMechanism()
    : s3InvalidArgument("Unsupported Authorization Type", { ArgumentName: "Authorization" });
}

const THREE_PARTS = "the authorization header requires three components: Credential, SignedHeaders, and Signature.";

function badPart(family: Family, authorization: string): AwsError {
  if (family === "s3") return s3MalformedHeader(THREE_PARTS);
  return incomplete(
    family,
    `Authorization header is not made of ${ALGORITHM} and key=value pairs ${told(authorization)}.`,
  );
}

function missingParts(family: Family, parts: ReadonlyMap<string, string>, authorization: string): AwsError {
  if (family === "s3") return s3MalformedHeader(THREE_PARTS);
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parts.get(name));
  if (missing.length === 0) return badPart(family, authorization);
  const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
  return incomplete(family, `${sentences.join(" ")} ${told(authorization)}`);
}

/** AWS names the header it could not read by its hash: the header itself may hold what nobody should log. */
function told(authorization: string): string {
  const hash = Buffer.from(sha256Hex(authorization), "hex").toString("base64");
  return `(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
}

function headerDate(head: RequestHead, family: Family): Pick<Presented, "date" | "dateMs"> {
  const text = head.headers["x-amz-date"];
  if (text !== undefined) return amzDate(text, family);
  const dateMs = Date.parse(head.headers["date"] ?? "");
  if (!Number.isNaN(dateMs)) return { date: formatAmzTime(dateMs), dateMs };
  if (family === "s3") throw s3AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
  throw incomplete(
    family,
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
      told(head.headers["authorization"] ?? ""),
  );
}

function amzDate(date: string, family: Family): Pick<Presented, "date" | "dateMs"> {
  const dateMs = parseAmzTime(date);
  if (dateMs !== undefined) return { date, dateMs };
  if (family === "s3") throw s3AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
  throw incomplete(family, "Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601");
}

type Credential = Pick<Presented, "accessKeyId" | "scope" | "scopeText">;

const MOST_KEY_ID_CHARS = 128;

function parseCredential(text: string, family: Family, kind: Presented["kind"]): Credential {
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

/** In the order that signatures have. A list in another order, or with a name twice, then just does not match. */
function parseSignedHeaders(text: string): readonly string[] {
  const names = text.split(";");
  for (let i = 1; i < names.length; i += 1) {
    if ((names[i - 1] ?? "") >= (names[i] ?? "")) return [...new Set(names)].sort();
  }
  return names;
}

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

/** Of signature version 2, which is known only to be refused. */
const VERSION_2: ReadonlySet<string> = new Set(["AWSAccessKeyId", "Signature"]);

/** Undefined when the URL carries no signature. A parameter that is there twice is kept as an empty one: no value is right. */
function signatureParameters(query: string): ReadonlyMap<string, string> | undefined {
  if (!query.includes("X-Amz-") && !query.includes("AWSAccessKeyId")) return undefined;
  const found = new Map<string, string>();
  for (const [name, value] of queryPairs(query)) {
    if (PARAMETERS.has(name) || VERSION_2.has(name)) found.set(name, found.has(name) ? "" : value);
  }
  const isSigned = found.has("X-Amz-Signature") || found.has("X-Amz-Algorithm") || found.has("X-Amz-Credential");
  return isSigned || (found.has("AWSAccessKeyId") && found.has("Signature")) ? found : undefined;
}

function parseQuery(head: RequestHead, family: Family, parameters: ReadonlyMap<string, string>): Presented {
  const algorithm = parameters.get("X-Amz-Algorithm");
  if (algorithm !== ALGORITHM) throw badAlgorithm(family, algorithm);
  const credential = parameters.get("X-Amz-Credential");
  const date = parameters.get("X-Amz-Date");
  const signedHeaders = parameters.get("X-Amz-SignedHeaders");
  const signature = parameters.get("X-Amz-Signature");
  if (!credential || !date || !signedHeaders || !signature) throw missingParameters(family);
  const declared = head.headers["x-amz-content-sha256"] ?? parameters.get("X-Amz-Content-Sha256");
  return {
    kind: "query",
    ...parseCredential(credential, family, "query"),
    signedHeaders: parseSignedHeaders(signedHeaders),
    signature,
    ...queryDate(date, family),
    expiresSeconds: parseExpires(parameters.get("X-Amz-Expires"), family),
    sessionToken: parameters.get("X-Amz-Security-Token") ?? head.headers["x-amz-security-token"],
    payload: parsePayloadDeclaration(declared, family),
  };
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
  return amzDate(date, family);
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

const incomplete = (family: Exclude<Family, "s3">, message: string): AwsError => refusal(family, "incomplete", message);
