import { makeArn, parseArn } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import type { AdvancedSelector, BasicSelector } from "./selectors.js";

/** A trail as it is stored. Its home Region is the one that it was created in. */
export interface Trail {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Another for a trail that is created again under the name. */
  readonly id: string;
  readonly bucket: string;
  readonly prefix: string;
  /** A key's ARN; undefined: S3's own encryption. */
  readonly kmsKeyId?: string | undefined;
  readonly isMultiRegion: boolean;
  readonly includesGlobal: boolean;
  readonly validates: boolean;
  readonly recursive: boolean;
  /** When it logged, in order; the last is open while it logs. Those that are long planned are forgotten. */
  readonly intervals: readonly Interval[];
  readonly startedMs?: number;
  readonly stoppedMs?: number;
  readonly selectors?: readonly BasicSelector[];
  readonly advanced?: readonly AdvancedSelector[];
  readonly tags: readonly Tag[];
  readonly status: DeliveryStatus;
}

export interface Interval {
  readonly fromMs: number;
  readonly toMs?: number;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface DeliveryStatus {
  readonly attemptMs?: number;
  readonly deliveredMs?: number;
  readonly error?: string;
  readonly digestMs?: number;
  readonly digestError?: string;
}

export const arnOf = (trail: Pick<Trail, "account" | "region" | "name">): string =>
  makeArn("cloudtrail", trail.region, trail.account as never, `trail/${trail.name}`); // an account's own row

export const isLogging = ({ intervals }: Trail): boolean => {
  const last = intervals.at(-1);
  return last !== undefined && last.toMs === undefined;
};

/** Everything a trail writes begins so. */
export const rootOf = ({ prefix, account }: Pick<Trail, "prefix" | "account">): string =>
  `${prefix === "" ? "" : `${prefix}/`}AWSLogs/${account}/`;

/** A trail's place, from a name (of the caller's account and Region) or an ARN. */
export interface TrailRef {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export function refOf(ctx: RequestContext, text: string): TrailRef {
  if (!text.startsWith("arn:")) {
    checkName(text);
    return { account: ctx.caller.account, region: ctx.region, name: text };
  }
  const arn = parseArn(text);
  const name = /^trail\/([A-Za-z0-9._-]{3,128})$/.exec(arn?.resource ?? "")?.[1];
  if (arn?.service !== "cloudtrail" || name === undefined) throw errors.invalidArn(text.slice(0, 256));
  return { account: arn.account, region: arn.region, name };
}

/** Letters, digits and `._-`, of 3 to 128, no two of these together, and no address. */
export function checkName(name: string): void {
  const wrong = (reason: string) => errors.invalidName(reason);
  if (name.length < 3) throw wrong("Trail name too short. Minimum allowed length: 3 characters.");
  if (name.length > 128) throw wrong("Trail name too long. Maximum allowed length: 128 characters.");
  if (!/^[A-Za-z0-9]/.test(name)) throw wrong("Trail name must start with a letter or number.");
  if (!/[A-Za-z0-9]$/.test(name)) throw wrong("Trail name must end with a letter or number.");
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw wrong("Trail name can only contain letters, numbers, periods, underscores and dashes.");
  if (/[._-]{2}/.test(name)) throw wrong("Trail name cannot have adjacent periods, underscores or dashes.");
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) throw wrong("Trail name must not be an IP address.");
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function checkPlace(bucket: string, prefix: string): void {
  if (!BUCKET_NAME.test(bucket)) throw errors.bucketName(bucket.slice(0, 255));
  if (prefix.length > 200) throw errors.prefix("The prefix is longer than 200 characters.");
  if (/^\/|\/$|\/\/|[^\x20-\x7e]/.test(prefix))
    throw errors.prefix("The prefix begins or ends with a slash, or has letters that are not allowed.");
}

/** The members that CreateTrail, UpdateTrail, GetTrail and DescribeTrails share. */
export function trailMembers(trail: Trail) {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    ...(trail.prefix === "" ? {} : { S3KeyPrefix: trail.prefix }),
    IncludeGlobalServiceEvents: trail.includesGlobal,
    IsMultiRegionTrail: trail.isMultiRegion,
    TrailARN: arnOf(trail),
    LogFileValidationEnabled: trail.validates,
    ...(trail.kmsKeyId === undefined ? {} : { KmsKeyId: trail.kmsKeyId }),
    IsOrganizationTrail: false,
    RecursiveLogging: trail.recursive,
  };
}

export const describedTrail = (trail: Trail) => ({
  ...trailMembers(trail),
  HomeRegion: trail.region,
  HasCustomEventSelectors: trail.selectors !== undefined || trail.advanced !== undefined,
  HasInsightSelectors: false,
});
