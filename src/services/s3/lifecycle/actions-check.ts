import { DAY_MS } from "../../../base/index.js";
import { errors } from "../errors.js";
import type { Expiration, NoncurrentExpiration, NoncurrentTransition, Rule, Transition } from "./configuration.js";

/** From the warmest: objects move down this list only. */
export const CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const;

const TARGETS: readonly string[] = CLASSES.slice(2);
const LEAST_DAYS_IN_STANDARD = 30;

/** What a rule does must be something, and in S3's bounds. */
export function checkActions(rule: Rule): void {
  const {
    Expiration: expiration,
    NoncurrentVersionExpiration: noncurrent,
    AbortIncompleteMultipartUpload: abort,
  } = rule;
  const transitions = rule.Transitions ?? [];
  const noncurrentTransitions = rule.NoncurrentVersionTransitions ?? [];
  if (!expiration && !noncurrent && !abort && transitions.length + noncurrentTransitions.length === 0) {
    throw errors.invalidRequest("At least one action needs to be specified in a rule");
  }
  const isTagged = rule.Filter?.Tag !== undefined || rule.Filter?.And?.Tags !== undefined;
  if (expiration) checkExpiration(expiration, isTagged);
  for (const transition of transitions) checkTransition(transition);
  checkDistinct(rule, transitions, "Transition");
  checkMixed(rule, expiration, transitions);
  if (noncurrent) checkNoncurrent(rule, noncurrent, "NoncurrentVersionExpiration");
  for (const transition of noncurrentTransitions) checkNoncurrentTransition(rule, transition);
  checkDistinct(rule, noncurrentTransitions, "NoncurrentVersionTransition");
  if (abort) checkAbort(abort.DaysAfterInitiation, isTagged);
}

function checkExpiration(expiration: Expiration, isTagged: boolean): void {
  const { Days: days, Date: date, ExpiredObjectDeleteMarker: markers } = expiration;
  if ([days, date, markers].filter((value) => value !== undefined).length !== 1) throw errors.malformedXml();
  if (days !== undefined) needsPositive(days, "Days", "'Days' for Expiration action must be a positive integer");
  if (date) needsMidnight(date);
  if (markers !== undefined && isTagged) {
    throw errors.invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  }
}

function checkTransition({ Days: days, Date: date, StorageClass: name }: Transition): void {
  if ((days === undefined) === (date === undefined) || !isTarget(name)) throw errors.malformedXml();
  if (date) needsMidnight(date);
  if (days === undefined) return;
  if (days < 0) throw errors.invalidArgument("'Days' in Transition action must be nonnegative", "Days", `${days}`);
  needsStay(days, name, "Days", "Transition");
}

function checkNoncurrentTransition(rule: Rule, transition: NoncurrentTransition): void {
  const { StorageClass: name, NoncurrentDays: days, NewerNoncurrentVersions: newer } = transition;
  if (days === undefined || !isTarget(name)) throw errors.malformedXml();
  if (days < 0) {
    throw errors.invalidArgument(
      "'NoncurrentDays' in NoncurrentVersionTransition action must be nonnegative",
      "NoncurrentDays",
      `${days}`,
    );
  }
  needsStay(days, name, "NoncurrentDays", "NoncurrentVersionTransition");
  checkNewer(rule, newer, "NoncurrentVersionTransition");
}

function checkNoncurrent(
  rule: Rule,
  { NoncurrentDays: days, NewerNoncurrentVersions: newer }: NoncurrentExpiration,
  action: string,
) {
  if (days === undefined) throw errors.malformedXml();
  needsPositive(days, "NoncurrentDays", `'NoncurrentDays' for ${action} action must be a positive integer`);
  checkNewer(rule, newer, action);
}

function checkNewer(rule: Rule, newer: number | undefined, action: string): void {
  if (newer === undefined) return;
  needsPositive(
    newer,
    "NewerNoncurrentVersions",
    `'NewerNoncurrentVersions' for ${action} action must be a positive integer`,
  );
  if (newer > 100) {
    throw errors.invalidArgument(
      `'NewerNoncurrentVersions' for ${action} action must be at most 100`,
      "NewerNoncurrentVersions",
      `${newer}`,
    );
  }
  // Only the newer form of a rule knows it.
  if (rule.Filter === undefined) throw errors.malformedXml();
}

function checkAbort(days: number | undefined, isTagged: boolean): void {
  if (days === undefined) throw errors.malformedXml();
  needsPositive(
    days,
    "DaysAfterInitiation",
    "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
  );
  if (isTagged) throw errors.invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
}

/** One rule counts in days or by dates; what expires first must be later than what moves. */
function checkMixed(rule: Rule, expiration: Expiration | undefined, transitions: readonly Transition[]): void {
  const timed = [...(expiration ? [expiration] : []), ...transitions];
  if (timed.some((one) => one.Days !== undefined) && timed.some((one) => one.Date !== undefined)) {
    throw errors.invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for ${shown(rule)}`,
    );
  }
  const last = Math.max(...transitions.map((one) => one.Days ?? -1));
  if (expiration?.Days === undefined || expiration.Days > last) return;
  throw errors.invalidArgument(
    `'Days' in the Expiration action for ${shown(rule)} must be greater than 'Days' in the Transition action`,
    "Days",
    `${expiration.Days}`,
  );
}

function checkDistinct(
  rule: Rule,
  moves: readonly { readonly StorageClass?: string | undefined }[],
  action: string,
): void {
  if (new Set(moves.map((move) => move.StorageClass)).size === moves.length) return;
  throw errors.invalidRequest(
    `'StorageClass' must be different for '${action}' actions in same 'Rule' with ${shown(rule)}`,
  );
}

const shown = ({ Prefix, Filter }: Rule): string =>
  Filter === undefined ? `prefix '${Prefix ?? ""}'` : `filter '(prefix=${Filter.Prefix ?? Filter.And?.Prefix ?? ""})'`;

const isTarget = (name: string | undefined): name is string => name !== undefined && TARGETS.includes(name);

function needsStay(days: number, name: string, argument: string, action: string): void {
  if ((name !== "STANDARD_IA" && name !== "ONEZONE_IA") || days >= LEAST_DAYS_IN_STANDARD) return;
  throw errors.invalidArgument(
    `'${argument}' in ${action} action must be greater than or equal to ${LEAST_DAYS_IN_STANDARD} for storageClass '${name}'`,
    argument,
    `${days}`,
  );
}

function needsPositive(number: number, argument: string, message: string): void {
  if (!Number.isInteger(number) || number < 1) throw errors.invalidArgument(message, argument, `${number}`);
}

function needsMidnight(date: Date): void {
  if (date.getTime() % DAY_MS !== 0) throw errors.invalidArgument("'Date' must be at midnight GMT", "Date");
}
