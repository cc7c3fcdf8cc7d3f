import { type AwsError, isoSeconds, LIMITS, MINUTE_MS, SECOND_MS } from "../../base/index.js";
import { formatAmzTime } from "./amz-time.js";
import { type Family, refusal } from "./errors.js";
import { type Presented, type Scope, TERMINATOR } from "./presented.js";
import { s3AccessDenied, s3MalformedCredential, s3TimeTooSkewed } from "./s3-errors.js";
import type { Verification } from "./verification.js";

/**
 * The host and all of AWS's own headers count only when they are signed: else whoever is on the way could add one.
 * The services differ in how strict they are here; the house is strict for all of them.
 */
export function checkSignedHeaders({ presented, head, family }: Verification): void {
  const { signedHeaders } = presented;
  const unsigned: string[] = signedHeaders.includes("host") ? [] : ["host"];
  for (const name in head.headers) {
    if (name.startsWith("x-amz-") && !signedHeaders.includes(name)) unsigned.push(name);
  }
  if (unsigned.length > 0) throw notSigned(family, unsigned);
}

function notSigned(family: Family, names: readonly string[]): AwsError {
  if (family === "s3")
    return s3AccessDenied("There were headers present in the request which were not signed", {
      HeadersNotSigned: names.join(", "),
    });
  const message = `'${names.join("', '")}' must be a 'SignedHeader' in the AWS Authorization.`;
  return refusal(family, "mismatch", message);
}

export function checkScope(verification: Verification): void {
  const { family, presented } = verification;
  const problem = scopeProblem(verification);
  if (problem === undefined) return;
  if (family === "s3") throw s3MalformedCredential(presented.kind, problem.s3, problem.fields);
  throw refusal(family, "mismatch", problem.text);
}

interface ScopeProblem {
  readonly text: string;
  readonly s3: string;
  readonly fields?: Readonly<Record<string, string>>;
}

function scopeProblem({ presented, signingName, regions }: Verification): ScopeProblem | undefined {
  const { scope, date } = presented;
  if (regions !== undefined && !regions.has(scope.region)) return wrongRegion(scope, regions);
  if (scope.service !== signingName)
    return {
      text: `Credential should be scoped to correct service: '${signingName}'.`,
      s3: `incorrect service "${scope.service}". This endpoint belongs to "${signingName}".`,
    };
  if (scope.terminator !== TERMINATOR)
    return {
      text: `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${scope.terminator}'.`,
      s3: `incorrect terminal "${scope.terminator}". This endpoint uses "${TERMINATOR}".`,
    };
  if (scope.date !== date.slice(0, 8))
    return {
      text:
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
        `'${scope.date}' != '${date.slice(0, 8)}', from '${date}'.`,
      s3: `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`,
    };
  return undefined;
}

function wrongRegion(scope: Scope, regions: ReadonlySet<string>): ScopeProblem {
  const [Region = ""] = regions;
  return {
    text: "Credential should be scoped to a valid region.",
    s3: `the region '${scope.region}' is wrong; expecting '${Region}'`,
    fields: { Region },
  };
}

/**
 * A signature holds while it is fresh, and as often as it is sent: nothing here remembers the ones that were seen.
 * AWS does the same. A list shared by all workers would cost a write for each read, a copy can be made only by who
 * reads inside TLS, and it can do no more than the same request again, which SDKs' own retries do too.
 */
export function checkTime({ presented, family, now }: Verification): void {
  const { dateMs, expiresSeconds } = presented;
  const nowMs = now.getTime();
  const skewMs = family === "s3" ? LIMITS.s3ClockSkewMs : LIMITS.clockSkewMs;
  const isPresigned = expiresSeconds !== undefined;
  const livesMs = isPresigned ? expiresSeconds * SECOND_MS : skewMs;
  if (nowMs - dateMs > livesMs) throw expired(presented, family, nowMs, livesMs);
  if (dateMs - nowMs > skewMs) throw notYetCurrent(presented, family, nowMs, skewMs);
}

function expired(presented: Presented, family: Family, nowMs: number, livesMs: number): AwsError {
  const { date, dateMs, expiresSeconds } = presented;
  if (family !== "s3") {
    const earliest = formatAmzTime(nowMs - livesMs);
    const text = `Signature expired: ${date} is now earlier than ${earliest} (${formatAmzTime(nowMs)} - ${span(livesMs)})`;
    return refusal(family, "mismatch", text);
  }
  if (expiresSeconds === undefined) return tooSkewed(date, nowMs);
  return s3AccessDenied("Request has expired", {
    "X-Amz-Expires": expiresSeconds,
    Expires: isoSeconds(new Date(dateMs + livesMs)),
    ServerTime: isoSeconds(new Date(nowMs)),
  });
}

function notYetCurrent({ date, kind }: Presented, family: Family, nowMs: number, skewMs: number): AwsError {
  if (family === "s3") return kind === "query" ? s3AccessDenied("Request is not valid yet") : tooSkewed(date, nowMs);
  const latest = formatAmzTime(nowMs + skewMs);
  const text = `Signature not yet current: ${date} is still later than ${latest} (${formatAmzTime(nowMs)} + ${span(skewMs)})`;
  return refusal(family, "mismatch", text);
}

const tooSkewed = (date: string, nowMs: number): AwsError =>
  s3TimeTooSkewed({
    RequestTime: date,
    ServerTime: isoSeconds(new Date(nowMs)),
    MaxAllowedSkewMilliseconds: LIMITS.s3ClockSkewMs,
  });

const span = (ms: number): string => (ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min.` : `${ms / SECOND_MS} sec.`);
