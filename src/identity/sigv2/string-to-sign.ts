import { type RequestHead, signedHeadOfUrl } from "../../wire/index.js";
import { queryPairs } from "../sigv4/uri.js";
import type { PresentedVersion2 } from "./parse.js";

/** The parameters that name a part of a bucket or object, or change the answer's headers: they are signed. */
const SIGNED: ReadonlySet<string> = new Set([
  "accelerate",
  "acl",
  "analytics",
  "cors",
  "delete",
  "inventory",
  "lifecycle",
  "location",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "partNumber",
  "policy",
  "replication",
  "requestPayment",
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
  "restore",
  "select",
  "select-type",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
]);

/** The parameters that are not signed because they choose nothing but how much of a list is shown. */
const FREE: ReadonlySet<string> = new Set([
  "AWSAccessKeyId",
  "Expires",
  "Signature",
  "content-md5",
  "content-type",
  "continuation-token",
  "delimiter",
  "encoding-type",
  "fetch-owner",
  "key-marker",
  "list-type",
  "marker",
  "max-keys",
  "max-parts",
  "max-uploads",
  "part-number-marker",
  "prefix",
  "start-after",
  "upload-id-marker",
  "version-id-marker",
]);

/**
 * Parameters that could turn a signed request into another one, as `attributes` turns GetObject into
 * GetObjectAttributes, and that no signer of version 2 signs. S3 promises to overlook `x-…`, but `x-id` is a name.
 */
export function unsignedParameters(query: string): string[] {
  const isFree = (name: string) => FREE.has(name) || (name.startsWith("x-") && name !== "x-id");
  return [...queryPairs(query)].map(([name]) => name).filter((name) => !SIGNED.has(name) && !isFree(name));
}

/** The text that both sides must write alike, one byte a character. */
export function stringToSign(head: RequestHead, presented: PresentedVersion2, bucketFromHost?: string): string {
  const { method, headers, path, query } = head;
  const lines = [method, headers["content-md5"] ?? "", headers["content-type"] ?? "", presented.expires];
  const bucket = bucketFromHost === undefined ? "" : `/${bucketFromHost}`;
  return `${lines.join("\n")}\n${amzHeaders(head, presented)}${bucket}${path}${subResources(query)}`;
}

/** Those that were sent, and those that the signer moved into the URL. */
function amzHeaders(head: RequestHead, { sessionToken }: PresentedVersion2): string {
  const { rawHeaders } = head;
  const found = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    if (name.startsWith("x-amz-")) found.set(name, [...(found.get(name) ?? []), (rawHeaders[i + 1] ?? "").trim()]);
  }
  for (const [name, value] of Object.entries(signedHeadOfUrl(head).headers))
    if (name.startsWith("x-amz-") && !found.has(name)) found.set(name, [value]);
  if (sessionToken !== undefined) found.set("x-amz-security-token", [sessionToken]);
  const names = [...found.keys()].sort();
  return names.map((name) => `${name}:${found.get(name)?.join(",")}\n`).join("");
}

function subResources(query: string): string {
  const pairs = signedPairs(query);
  if (pairs.length === 0) return "";
  return `?${pairs.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&")}`;
}

function signedPairs(query: string): [name: string, value: string][] {
  const pairs = [...queryPairs(query)].filter(([name]) => SIGNED.has(name));
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * Values are signed decoded, so `partNumber=1%26uploadId=u` has the text of two parameters though it is one. Nobody
 * means it: it is how a parameter would be taken out of a signed URL.
 */
export const isAmbiguous = (query: string): boolean =>
  signedPairs(query).some(([, value]) =>
    value
      .split("&")
      .slice(1)
      .some((part) => SIGNED.has(part.split("=", 1)[0] ?? "")),
  );
