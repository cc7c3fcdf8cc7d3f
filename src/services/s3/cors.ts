import { LIMITS } from "../../base/index.js";
import { accessErrors } from "./access-errors.js";
import { errors } from "./errors.js";
import type { Bucket } from "./store/index.js";

export const CORS = "cors";

/** One rule of a bucket, as it was given. */
export interface CorsRule {
  readonly ID?: string | undefined;
  readonly AllowedHeaders?: readonly string[] | undefined;
  readonly AllowedMethods?: readonly string[] | undefined;
  readonly AllowedOrigins?: readonly string[] | undefined;
  readonly ExposeHeaders?: readonly string[] | undefined;
  readonly MaxAgeSeconds?: number | undefined;
}

const METHODS = new Set(["GET", "PUT", "POST", "DELETE", "HEAD"]);

export function corsRules(bucket: Bucket): readonly CorsRule[] | undefined {
  const stored = bucket.settings.get(CORS);
  return stored === undefined ? undefined : (JSON.parse(stored) as CorsRule[]); // written by PutBucketCors
}

/** Throws what S3 says of each rule that cannot be. */
export function checkCorsRules(rules: readonly CorsRule[]): void {
  if (rules.length === 0) throw errors.malformedXml();
  if (rules.length > LIMITS.s3CorsRules || JSON.stringify(rules).length > LIMITS.s3ConfigurationBytes)
    throw errors.invalidRequest(
      `The number of CORS rules should not exceed allowed limit of ${LIMITS.s3CorsRules} rules.`,
    );
  for (const rule of rules) checkRule(rule);
}

function checkRule({
  ID,
  AllowedMethods = [],
  AllowedOrigins = [],
  AllowedHeaders = [],
  ExposeHeaders = [],
}: CorsRule) {
  if (AllowedMethods.length === 0 || AllowedOrigins.length === 0 || (ID ?? "").length > 255)
    throw errors.malformedXml();
  const odd = AllowedMethods.find((method) => !METHODS.has(method));
  if (odd !== undefined)
    throw errors.invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${odd}`);
  for (const [name, values] of [
    ["AllowedOrigin", AllowedOrigins],
    ["AllowedHeader", AllowedHeaders],
  ] as const) {
    const wild = values.find((value) => value.split("*").length > 2);
    if (wild !== undefined) throw errors.invalidRequest(`${name} "${wild}" can not have more than one wildcard.`);
  }
  const exposed = ExposeHeaders.find((header) => header.includes("*"));
  if (exposed !== undefined)
    throw errors.invalidRequest(
      `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    );
}

/** What a page of another site wants to do. */
export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** In lower case. */
  readonly headers: readonly string[];
}

/** What to tell the browser; undefined where no rule lets that page do it. */
export function corsHeaders(rules: readonly CorsRule[], request: CorsRequest): Record<string, string> | undefined {
  for (const rule of rules) {
    const origin = rule.AllowedOrigins?.find((pattern) => isLike(request.origin, pattern));
    if (origin === undefined || !rule.AllowedMethods?.includes(request.method)) continue;
    const areAllowed = request.headers.every((name) =>
      rule.AllowedHeaders?.some((pattern) => isLike(name, pattern.toLowerCase())),
    );
    if (areAllowed) return headersOf(rule, origin, request);
  }
  return undefined;
}

/** One `*` stands for any text. */
function isLike(text: string, pattern: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return text === pattern;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function headersOf(rule: CorsRule, origin: string, request: CorsRequest): Record<string, string> {
  const isForAll = origin === "*";
  return {
    "Access-Control-Allow-Origin": isForAll ? "*" : request.origin,
    "Access-Control-Allow-Methods": (rule.AllowedMethods ?? []).join(", "),
    ...(request.headers.length > 0 ? { "Access-Control-Allow-Headers": request.headers.join(", ") } : {}),
    ...(rule.ExposeHeaders?.length ? { "Access-Control-Expose-Headers": rule.ExposeHeaders.join(", ") } : {}),
    ...(rule.MaxAgeSeconds === undefined ? {} : { "Access-Control-Max-Age": String(rule.MaxAgeSeconds) }),
    ...(isForAll ? {} : { "Access-Control-Allow-Credentials": "true" }),
    Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** Answers a preflight, or throws S3's word for each way in which there is no answer. */
export function preflight(
  bucket: Bucket | undefined,
  headers: Readonly<Record<string, string>>,
  resourceType: "BUCKET" | "OBJECT",
): Record<string, string> {
  const { origin, "access-control-request-method": method } = headers;
  if (origin === undefined) throw accessErrors.badRequest("Insufficient information. Origin request header needed.");
  const refusal = (text: string, type: string) =>
    accessErrors.accessForbidden(`CORSResponse: ${text}`, method ?? "OPTIONS", type);
  // Without rules it is the bucket that refuses, whatever was asked for.
  if (!bucket) throw refusal("Bucket not found", "BUCKET");
  const rules = corsRules(bucket);
  if (!rules) throw refusal("CORS is not enabled for this bucket.", "BUCKET");
  if (!METHODS.has(method ?? ""))
    throw accessErrors.badRequest(`Invalid Access-Control-Request-Method: ${method ?? "null"}`);
  const asked = headers["access-control-request-headers"] ?? "";
  const names = asked.split(",").map((name) => name.trim().toLowerCase());
  const found = corsHeaders(rules, { origin, method: method ?? "", headers: names.filter((name) => name !== "") });
  if (found) return found;
  // The spelling is S3's own.
  throw refusal(
    "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    resourceType,
  );
}
