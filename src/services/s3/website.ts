import { LIMITS } from "../../base/index.js";
import { errors } from "./errors.js";
import type { Bucket } from "./store/index.js";

export const WEBSITE = "website";

interface Target {
  readonly HostName?: string | undefined;
  readonly Protocol?: string | undefined;
}

export interface RoutingRule {
  readonly Condition?:
    | { readonly KeyPrefixEquals?: string | undefined; readonly HttpErrorCodeReturnedEquals?: string | undefined }
    | undefined;
  readonly Redirect?:
    | (Target & {
        readonly HttpRedirectCode?: string | undefined;
        readonly ReplaceKeyPrefixWith?: string | undefined;
        readonly ReplaceKeyWith?: string | undefined;
      })
    | undefined;
}

/** A bucket's website, as it was given. */
export interface Website {
  readonly IndexDocument?: { readonly Suffix?: string | undefined } | undefined;
  readonly ErrorDocument?: { readonly Key?: string | undefined } | undefined;
  readonly RedirectAllRequestsTo?: Target | undefined;
  readonly RoutingRules?: readonly RoutingRule[] | undefined;
}

export function websiteOf(bucket: Bucket): Website {
  const stored = bucket.settings.get(WEBSITE);
  if (stored !== undefined) return JSON.parse(stored) as Website; // written by PutBucketWebsite
  throw errors.notConfigured(
    "NoSuchWebsiteConfiguration",
    "The specified bucket does not have a website configuration",
    bucket.name,
  );
}

/** Throws what S3 says of each website that cannot be. */
export function checkWebsite(website: Website): void {
  const { RedirectAllRequestsTo: all, IndexDocument, ErrorDocument, RoutingRules } = website;
  if (JSON.stringify(website).length > LIMITS.s3ConfigurationBytes) throw errors.malformedXml();
  if (all) {
    if (IndexDocument || ErrorDocument || RoutingRules) {
      throw errors.invalidArgument(
        "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
        "RedirectAllRequestsTo",
        "not null",
      );
    }
    if (!all.HostName) throw errors.malformedXml();
    checkProtocol(all.Protocol);
    return;
  }
  checkIndex(IndexDocument);
  if (ErrorDocument && !ErrorDocument.Key) throw errors.malformedXml();
  if (RoutingRules !== undefined && (RoutingRules.length === 0 || RoutingRules.length > LIMITS.s3RoutingRules))
    throw errors.malformedXml();
  for (const rule of RoutingRules ?? []) checkRule(rule);
}

function checkIndex(index: Website["IndexDocument"]): void {
  if (!index) {
    throw errors.invalidArgument(
      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      "IndexDocument",
      "null",
    );
  }
  const { Suffix = "" } = index;
  if (Suffix === "" || Suffix.includes("/"))
    throw errors.invalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", Suffix);
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol === undefined || protocol === "http" || protocol === "https") return;
  throw errors.invalidRequest(
    "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
  );
}

function checkRule({ Condition, Redirect }: RoutingRule): void {
  if (!Redirect || Object.values(Redirect).every((value) => value === undefined)) throw errors.malformedXml();
  checkProtocol(Redirect.Protocol);
  if (Redirect.ReplaceKeyPrefixWith !== undefined && Redirect.ReplaceKeyWith !== undefined)
    throw errors.invalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  const code = Redirect.HttpRedirectCode;
  if (code !== undefined && !/^3(?:0[123478])$/.test(code))
    throw errors.invalidRequest(
      `The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`,
    );
  if (Condition?.KeyPrefixEquals === undefined && Condition?.HttpErrorCodeReturnedEquals === undefined && Condition)
    throw errors.invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    );
  const error = Condition?.HttpErrorCodeReturnedEquals;
  if (error !== undefined && !/^[45]\d\d$/.test(error))
    throw errors.invalidRequest(`The provided HTTP error code (${error}) is not valid. Valid codes are 4XX or 5XX.`);
}

/** The first rule that speaks of this key, before anything is looked up, or of this failure afterwards. */
export function routingRule(website: Website, key: string, status: number | undefined): RoutingRule | undefined {
  return website.RoutingRules?.find(({ Condition: condition }) => {
    const wanted = condition?.HttpErrorCodeReturnedEquals;
    if ((wanted === undefined) !== (status === undefined) || (wanted !== undefined && Number(wanted) !== status)) {
      return false;
    }
    return key.startsWith(condition?.KeyPrefixEquals ?? "");
  });
}

/** Where a request goes instead, and with which status. */
export interface WebsiteRedirect {
  readonly status: number;
  readonly location: string;
}

interface Asked {
  readonly protocol: "http" | "https";
  readonly host: string;
  readonly key: string;
}

export function redirectOfRule({ Condition, Redirect = {} }: RoutingRule, asked: Asked): WebsiteRedirect {
  const prefix = Condition?.KeyPrefixEquals ?? "";
  const key =
    Redirect.ReplaceKeyWith ??
    (Redirect.ReplaceKeyPrefixWith === undefined
      ? asked.key
      : Redirect.ReplaceKeyPrefixWith + asked.key.slice(prefix.length));
  return { status: Number(Redirect.HttpRedirectCode ?? 301), location: urlOf(Redirect, { ...asked, key }) };
}

export const redirectOfAll = (target: Target, asked: Asked): WebsiteRedirect => ({
  status: 301,
  location: urlOf(target, asked),
});

const urlOf = ({ Protocol, HostName }: Target, { protocol, host, key }: Asked): string =>
  `${Protocol ?? protocol}://${HostName ?? host}/${key.split("/").map(encodeURIComponent).join("/")}`;
