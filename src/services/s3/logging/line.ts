import { utf8 } from "../../../base/index.js";
import type { Answered } from "../../../kit/index.js";
import { hostId } from "../../../wire/index.js";
import { canonicalUserId } from "../names.js";
import type { Bucket } from "../store/index.js";
import { logName } from "./operation-names.js";

/** A request as a line of S3's access log: its fields in the order that S3 documents, `-` for what is not known. */
export function logLine(bucket: Bucket, told: Answered): string {
  const { input, labels, headers } = told;
  const key = told.input?.["Key"] ?? labels["Key"];
  return [
    canonicalUserId(bucket.account),
    bucket.name,
    `[${logTime(told.time)}]`,
    told.sourceIp || "-",
    requesterOf(told),
    told.requestId,
    logName(told.method, told.operation),
    typeof key === "string" && key !== "" ? encoded(key) : "-",
    quoted(`${told.method} ${withoutProofs(told.url)} HTTP/1.1`),
    told.status || "-",
    told.errorCode ?? "-",
    orDash(sentBytes(told)),
    orDash(objectBytes(told)),
    told.totalMs,
    told.turnAroundMs,
    quoted(headers["referer"]),
    quoted(headers["user-agent"]),
    text(input?.["VersionId"] ?? told.answerHeaders["x-amz-version-id"]),
    hostId(told.requestId),
    told.signatureVersion === undefined ? "-" : told.signatureVersion === "AWS" ? "SigV2" : "SigV4",
    told.tls?.cipher || "-",
    authType(told),
    text(headers["host"]),
    told.tls?.version || "-",
    "-", // access points there are not
    "-", // nor requests that an ACL alone allowed
  ].join(" ");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `06/Feb/2019:00:00:38 +0000`. */
function logTime(time: Date): string {
  const [date = "", clock = ""] = time.toISOString().slice(0, 19).split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
}

/** The root user is its account's canonical id, everybody else an ARN, a service its name. */
function requesterOf({ caller }: Answered): string {
  if (caller === undefined || caller.principal.kind === "anonymous") return "-";
  if (caller.principal.kind === "service") return `svc:${caller.principal.service}`;
  return caller.principal.kind === "root" ? canonicalUserId(caller.account) : caller.principal.arn;
}

/** What a URL is signed with, or a session's token, would let in who reads the log. */
const withoutProofs = (url: string): string =>
  url.replace(/([?&](?:X-Amz-Signature|X-Amz-Security-Token|Signature|x-amz-security-token)=)[^&]*/gi, "$1***");

const encoded = (key: string): string => encodeURIComponent(key).replace(/%2F/g, "/");

/** One field each, whatever a client sends: no quote, no blank, no line can end it early. */
const quoted = (value: string | undefined): string =>
  value === undefined || value === "" ? '"-"' : `"${escaped(value, /[^ !#-[\]-~]/gu)}"`;
const text = (value: unknown): string =>
  typeof value === "string" && value !== "" ? escaped(value, /[^!#-[\]-~]/gu) : "-";
const escaped = (value: string, odd: RegExp): string => value.slice(0, MOST_CHARS).replace(odd, percent);
const percent = (char: string): string =>
  [...utf8(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
const MOST_CHARS = 4096;

const orDash = (bytes: number | undefined): number | string => (bytes === undefined || bytes === 0 ? "-" : bytes);

function sentBytes({ answerHeaders, isWhole, method }: Answered): number | undefined {
  if (!isWhole || method === "HEAD") return undefined;
  return numberOf(answerHeaders["content-length"]);
}

/** Of what was read, or written. */
function objectBytes({ operation, answerHeaders, notes, errorCode }: Answered): number | undefined {
  if (errorCode !== undefined) return undefined;
  if (operation === "GetObject" || operation === "HeadObject") {
    const range = answerHeaders["content-range"];
    return numberOf(typeof range === "string" ? range.split("/")[1] : answerHeaders["content-length"]);
  }
  return numberOf(notes.additionalEventData["bytesTransferredIn"]);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function authType({ signatureVersion, headers }: Answered): string {
  if (signatureVersion === undefined) return "-";
  return headers["authorization"] === undefined ? "QueryString" : "AuthHeader";
}
