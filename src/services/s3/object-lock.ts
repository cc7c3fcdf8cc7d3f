import { DAY_MS } from "../../base/index.js";
import { authorize, type Check, Denied } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import type { ObjectTarget } from "./object.js";
import { pacificDate } from "./pacific-date.js";
import { objectCheck } from "./policy.js";
import type { S3Ports } from "./ports.js";
import type { Bucket, ObjectLock } from "./store/index.js";

/** The name of a bucket's setting; it stands from the day on which Object Lock was turned on, for ever. */
export const OBJECT_LOCK = "objectLock";

/** What is stored of it. */
export interface LockConfiguration {
  readonly rule?: DefaultRetention;
}

export interface DefaultRetention {
  readonly mode: LockMode;
  readonly days?: number;
  readonly years?: number;
}

export type LockMode = NonNullable<ObjectLock["mode"]>;

export const isLockMode = (mode: string | undefined): mode is LockMode =>
  mode === "GOVERNANCE" || mode === "COMPLIANCE";

export function lockConfiguration(bucket: Bucket): LockConfiguration | undefined {
  const text = bucket.settings.get(OBJECT_LOCK);
  return text === undefined ? undefined : (JSON.parse(text) as LockConfiguration); // as PutObjectLockConfiguration stored it
}

export function needsLockConfiguration(bucket: Bucket): LockConfiguration {
  const configuration = lockConfiguration(bucket);
  if (!configuration) throw errors.invalidRequest("Bucket is missing Object Lock Configuration");
  return configuration;
}

/** The members by which a write asks for a lock of its own. */
export interface LockInput {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

const MODE = "x-amz-object-lock-mode";
const UNTIL = "x-amz-object-lock-retain-until-date";
const LEGAL_HOLD = "x-amz-object-lock-legal-hold";

/** The lock that a write's headers ask for; undefined when they ask for none. */
export function parseLockHeaders(ctx: RequestContext, bucket: Bucket, input: LockInput): ObjectLock | undefined {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: legalHold } = input;
  if (mode === undefined && until === undefined && legalHold === undefined) return undefined;
  if (mode !== undefined && !isLockMode(mode)) {
    throw errors.invalidArgument("Unknown wormMode directive.", MODE, mode);
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw errors.invalidArgument(`${UNTIL} and ${MODE} must both be supplied`, mode === undefined ? MODE : UNTIL);
  }
  if (legalHold !== undefined && legalHold !== "ON" && legalHold !== "OFF") {
    throw errors.invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", LEGAL_HOLD, legalHold);
  }
  needsLockConfiguration(bucket);
  if (until) checkFuture(ctx, until, UNTIL);
  return { mode, untilMs: until?.getTime(), legalHold };
}

export function checkFuture(ctx: RequestContext, until: Date, argument: string): void {
  if (until.getTime() > ctx.clock.nowMs()) return;
  throw errors.invalidArgument("The retain until date must be in the future!", argument, pacificDate(until));
}

/** The lock of a new version: what its write asked for, and the bucket's default where that names no retention. */
export function lockOfNew(ctx: RequestContext, bucket: Bucket, asked: ObjectLock | undefined): ObjectLock | undefined {
  const rule = lockConfiguration(bucket)?.rule;
  if (asked?.mode !== undefined || rule === undefined) return asked;
  return { ...asked, mode: rule.mode, untilMs: ctx.clock.nowMs() + periodMs(ctx, rule) };
}

/** Years are the calendar's. */
function periodMs(ctx: RequestContext, { days, years }: DefaultRetention): number {
  if (days !== undefined) return days * DAY_MS;
  const end = ctx.clock.now();
  end.setUTCFullYear(end.getUTCFullYear() + (years ?? 0));
  return end.getTime() - ctx.clock.nowMs();
}

/** What is to be retained must arrive as it was sent. */
export function needsDigest(lock: ObjectLock | undefined, hasDigest: boolean, what: "Object" | "Part"): void {
  if (hasDigest || lock === undefined) return;
  throw errors.invalidRequest(
    `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`,
  );
}

/** The permissions that lock headers need beside PutObject. */
export const lockActions = (input: LockInput): string[] => [
  ...(input.ObjectLockMode !== undefined || input.ObjectLockRetainUntilDate !== undefined
    ? ["PutObjectRetention"]
    : []),
  ...(input.ObjectLockLegalHoldStatus !== undefined ? ["PutObjectLegalHold"] : []),
];

/** Condition values of a request that sets a lock. */
export function lockValues(ctx: RequestContext, input: LockInput): Record<string, string | undefined> {
  const until = input.ObjectLockRetainUntilDate;
  return {
    "s3:object-lock-mode": input.ObjectLockMode,
    "s3:object-lock-retain-until-date": until?.toISOString(),
    "s3:object-lock-remaining-retention-days":
      until && String(Math.ceil((until.getTime() - ctx.clock.nowMs()) / DAY_MS)),
    "s3:object-lock-legal-hold": input.ObjectLockLegalHoldStatus,
  };
}

export const isRetained = (lock: ObjectLock | undefined, nowMs: number): boolean =>
  lock?.untilMs !== undefined && lock.untilMs > nowMs;

/** Nobody may remove or rewrite it now, but, under governance alone, who may bypass that. */
export const isLocked = (lock: ObjectLock | undefined, nowMs: number, bypasses = false): boolean =>
  lock?.legalHold === "ON" || (isRetained(lock, nowMs) && !(bypasses && lock?.mode === "GOVERNANCE"));

export const lockedObject = () => errors.accessDenied("Access Denied because object protected by object lock.");

interface BypassInput {
  readonly BypassGovernanceRetention?: boolean | undefined;
}

/** What a request needs to go past governance: only where it says so, and there is something to go past. */
export function bypassChecks(
  ctx: RequestContext,
  ports: S3Ports,
  target: Pick<ObjectTarget, "bucket" | "key" | "object">,
  input: BypassInput,
): Check[] {
  return bypasses(ctx, target, input)
    ? [objectCheck(ports, target.bucket, target.key, "BypassGovernanceRetention")]
    : [];
}

/** What was not locked when the caller was asked about is not unlocked by that question. */
export const bypasses = (ctx: RequestContext, { object }: Pick<ObjectTarget, "object">, input: BypassInput): boolean =>
  input.BypassGovernanceRetention === true &&
  object?.lock?.mode === "GOVERNANCE" &&
  isRetained(object.lock, ctx.clock.nowMs());

/** The members by which reads tell a lock; to whom may read it. */
export function lockMembers(ctx: RequestContext, ports: S3Ports, target: ObjectTarget) {
  const lock = target.object?.lock;
  if (!lock) return {};
  const may = (action: string) => isAllowed(ctx, objectCheck(ports, target.bucket, target.key, action));
  return {
    ...(lock.mode !== undefined && lock.untilMs !== undefined && may("GetObjectRetention")
      ? { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: new Date(lock.untilMs) }
      : {}),
    ...(lock.legalHold !== undefined && may("GetObjectLegalHold") ? { ObjectLockLegalHoldStatus: lock.legalHold } : {}),
  };
}

function isAllowed(ctx: RequestContext, check: Check): boolean {
  try {
    authorize(ctx, undefined, [check]);
    return true;
  } catch (thrown) {
    if (thrown instanceof Denied) return false;
    throw thrown;
  }
}
