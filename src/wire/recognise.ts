import type { Model, Models } from "./model.js";
import type { Recognised, RequestHead } from "./port.js";

const SCOPE = /Credential=[^/,\s]+\/\d{8}\/[^/,\s]*\/([\w-]+)\/aws4_request/;
const SCOPE_SIGV4A = /Credential=[^/,\s]+\/\d{8}\/([\w-]+)\/aws4_request/;

/** The signing names that mean S3 too. */
const S3_SCOPES = new Set(["s3", "s3express", "s3-object-lambda", "s3-outposts"]);

/**
 * Knows the service from what the request says of itself, the most telling first: credential scope, target header,
 * host, then what an unsigned request can still be. Nothing here is believed: the signature is checked later.
 */
export function recognise(models: Models, head: RequestHead, s3Domain = ""): Recognised | undefined {
  const scoped = scopeOf(head);
  const model = scoped === undefined ? unscoped(models, head) : models.findBySigningName(scoped);
  if (model === undefined) return undefined;
  if (model.id !== "s3") return { service: model };
  if (isS3Control(head)) return { service: models.get("s3-control") };
  const host = head.headers["host"] ?? "";
  const bucketFromHost = bucketOfHost(host, s3Domain);
  const website = isWebsiteHost(host) ? { website: true as const } : {};
  return bucketFromHost === undefined ? { service: model, ...website } : { service: model, bucketFromHost, ...website };
}

/**
 * S3 Control signs as S3 does. Its clients put the account before whatever host they were given, which is no bucket
 * then, and name it, or an outpost, in a header; as a bucket's name this path comes without one.
 */
const isS3Control = ({ path, headers }: RequestHead): boolean =>
  path.startsWith("/v20180820/") && (headers["x-amz-account-id"] ?? headers["x-amz-outpost-id"]) !== undefined;

function scopeOf({ headers, query }: RequestHead): string | undefined {
  const authorization = headers["authorization"];
  const text = authorization ?? credentialOf(query);
  const match = text === undefined ? undefined : (SCOPE.exec(text) ?? SCOPE_SIGV4A.exec(text));
  const name = match?.[1];
  return name !== undefined && S3_SCOPES.has(name) ? "s3" : name;
}

/** A presigned URL's credential, in the form of the header's. */
function credentialOf(query: string): string | undefined {
  const match = /(?:^|&)X-Amz-Credential=([^&]*)/i.exec(query);
  return match?.[1] === undefined ? undefined : `Credential=${match[1].replace(/%2F/gi, "/")}`;
}

function unscoped(models: Models, head: RequestHead): Model | undefined {
  const target = head.headers["x-amz-target"];
  if (target !== undefined) return models.findByTargetPrefix(targetPrefix(target));
  const host = head.headers["host"] ?? "";
  if (s3Label(host) > 0) return models.get("s3");
  const named = serviceOfHost(models, host);
  if (named !== undefined) return named;
  return isUnsignedForm(head) ? models.get("sts") : models.get("s3");
}

/**
 * What stands before the operation in X-Amz-Target. CloudTrail's clients differ: some write the whole name of the
 * interface, `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101`, of which the last part counts.
 */
export function targetPrefix(target: string): string {
  const prefix = target.slice(0, Math.max(0, target.lastIndexOf(".")));
  return prefix.slice(prefix.lastIndexOf(".") + 1);
}

/** AssumeRoleWithWebIdentity and AssumeRoleWithSAML are the forms that nobody signs. */
const isUnsignedForm = ({ method, path, headers, query }: RequestHead): boolean =>
  path === "/" &&
  ((method === "POST" && (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) ||
    /(?:^|&)Action=AssumeRoleWith/.test(query));

/** `kms.us-east-1.amazonaws.com`, `kms.localhost`: the first label names the service, unless it is a bucket. */
function serviceOfHost(models: Models, host: string): Model | undefined {
  const [first, ...rest] = hostLabels(host);
  if (first === undefined || rest.length === 0) return undefined;
  const id = models.ids.find((known) => known === first);
  return id === undefined ? models.findBySigningName(first) : models.get(id);
}

function hostLabels(host: string): string[] {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return /^[\d.]+$/.test(name) || name.startsWith("[") ? [] : name.split(".");
}

/** `bucket.s3-website-eu-west-1.anything` and `bucket.s3-website.eu-west-1.anything`. */
export const isWebsiteHost = (host: string): boolean => /^s3-website/.test(hostLabels(host)[s3Label(host)] ?? "");

/** Where the label stands that tells S3's own hosts; -1 when there is none. */
const s3Label = (host: string): number => hostLabels(host).findLastIndex((label) => /^s3(-[a-z0-9-]+)?$/.test(label));

/**
 * `bucket.s3.anything`, `bucket.s3-us-west-2.amazonaws.com`, `bucket.localhost`, and below the domain of the settings
 * `bucket.domain`. Bucket names may hold dots.
 */
function bucketOfHost(host: string, s3Domain: string): string | undefined {
  const labels = hostLabels(host);
  const mark = s3Label(host);
  if (mark > 0) return labels.slice(0, mark).join(".");
  const below = `.${s3Domain.toLowerCase()}`;
  if (mark < 0 && s3Domain !== "" && labels.join(".").endsWith(below)) return labels.join(".").slice(0, -below.length);
  if (labels[labels.length - 1] !== "localhost" || labels.length < 2 || mark === 0) return undefined;
  return labels.slice(0, -1).join(".");
}
