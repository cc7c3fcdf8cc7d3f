import { DAY_MS } from "../../../base/index.js";
import type { Filter } from "../filter.js";
import { midnightAfter } from "../storage-class.js";
import type { Tag } from "../tagging.js";
import { CLASSES } from "./actions-check.js";
import type { Lifecycle, Rule } from "./configuration.js";

/** What the rules ask of an object or a version. */
export interface Subject {
  readonly key: string;
  readonly bytes: number;
  readonly tags: readonly Tag[];
  readonly modifiedMs: number;
  readonly storageClass: string;
}

export type Due = { readonly kind: "expire" } | { readonly kind: "move"; readonly storageClass: string };

const SMALL_BYTES = 128 * 1024;

/** A rule's day counts from a moment and ends with the midnight UTC that follows. */
const dayEnd = (fromMs: number, days: number): number => midnightAfter(fromMs + days * DAY_MS);

const isOn = (rule: Rule): boolean => rule.Status === "Enabled";

export function covers(rule: Rule, subject: Pick<Subject, "key" | "bytes" | "tags">): boolean {
  const { prefix, tags, least, most } = predicatesOf(rule);
  return (
    subject.key.startsWith(prefix) &&
    subject.bytes > least &&
    subject.bytes < most &&
    tags.every((tag) => subject.tags.some((own) => own.Key === tag.Key && own.Value === tag.Value))
  );
}

/** Uploads and markers have neither size nor tags: a rule that asks for one is not about them. */
export function coversKey(rule: Rule, key: string): boolean {
  const { prefix, tags, least, most } = predicatesOf(rule);
  return key.startsWith(prefix) && tags.length === 0 && least < 0 && most === Number.POSITIVE_INFINITY;
}

function predicatesOf(rule: Rule) {
  const filter: Filter = rule.Filter ?? {};
  const all = filter.And ?? filter;
  return {
    prefix: rule.Prefix ?? all.Prefix ?? "",
    tags: filter.And ? (filter.And.Tags ?? []) : filter.Tag ? [filter.Tag] : [],
    least: all.ObjectSizeGreaterThan ?? -1,
    most: all.ObjectSizeLessThan ?? Number.POSITIVE_INFINITY,
  };
}

/** When the current object will expire, and by which rule. The earliest of all counts. */
export function expiryOf(
  { rules }: Lifecycle,
  object: Pick<Subject, "key" | "bytes" | "tags" | "modifiedMs">,
): { readonly atMs: number; readonly ruleId: string } | undefined {
  const expiries = rules
    .filter((rule) => isOn(rule) && covers(rule, object))
    .flatMap(({ ID = "", Expiration: expiration }) => {
      if (expiration?.Date) return [{ atMs: expiration.Date.getTime(), ruleId: ID }];
      return expiration?.Days === undefined ? [] : [{ atMs: dayEnd(object.modifiedMs, expiration.Days), ruleId: ID }];
    });
  return expiries.sort((a, b) => a.atMs - b.atMs)[0];
}

export function dueOfCurrent(lifecycle: Lifecycle, object: Subject, nowMs: number): Due | undefined {
  const expiry = expiryOf(lifecycle, object);
  if (expiry && expiry.atMs <= nowMs) return { kind: "expire" };
  const moves = matching(lifecycle, object).flatMap((rule) =>
    (rule.Transitions ?? []).map((move) => ({
      rule,
      storageClass: move.StorageClass ?? "",
      atMs: move.Date ? move.Date.getTime() : dayEnd(object.modifiedMs, move.Days ?? 0),
    })),
  );
  return coldest(lifecycle, object, moves, nowMs);
}

/** `newer`: the noncurrent versions of the key above this one. */
export function dueOfNoncurrent(
  lifecycle: Lifecycle,
  version: Subject & { readonly noncurrentMs: number; readonly isMarker: boolean },
  newer: number,
  nowMs: number,
): Due | undefined {
  const rules = version.isMarker
    ? lifecycle.rules.filter((rule) => isOn(rule) && coversKey(rule, version.key))
    : matching(lifecycle, version);
  const isDue = (action: { NoncurrentDays?: number | undefined; NewerNoncurrentVersions?: number | undefined }) =>
    newer >= (action.NewerNoncurrentVersions ?? 0) && dayEnd(version.noncurrentMs, action.NoncurrentDays ?? 0) <= nowMs;
  const expires = rules.some(({ NoncurrentVersionExpiration: one }) => one !== undefined && isDue(one));
  if (expires) return { kind: "expire" };
  if (version.isMarker) return undefined;
  const moves = rules.flatMap((rule) =>
    (rule.NoncurrentVersionTransitions ?? [])
      .filter(isDue)
      .map((move) => ({ rule, storageClass: move.StorageClass ?? "", atMs: 0 })),
  );
  return coldest(lifecycle, version, moves, nowMs);
}

/** A delete marker with nothing below it hides nothing. */
export function isMarkerDue({ rules }: Lifecycle, marker: Pick<Subject, "key" | "modifiedMs">, nowMs: number): boolean {
  return rules.some(
    (rule) =>
      isOn(rule) &&
      coversKey(rule, marker.key) &&
      (rule.Expiration?.ExpiredObjectDeleteMarker === true ||
        (rule.Expiration?.Days !== undefined && dayEnd(marker.modifiedMs, rule.Expiration.Days) <= nowMs) ||
        (rule.Expiration?.Date !== undefined && rule.Expiration.Date.getTime() <= nowMs)),
  );
}

/** When an upload will be given up, and by which rule. */
export function abortOf(
  { rules }: Lifecycle,
  upload: { readonly key: string; readonly initiatedMs: number },
): { readonly atMs: number; readonly ruleId: string } | undefined {
  return rules
    .filter((rule) => isOn(rule) && coversKey(rule, upload.key))
    .flatMap(({ ID = "", AbortIncompleteMultipartUpload: abort }) =>
      abort?.DaysAfterInitiation === undefined
        ? []
        : [{ atMs: dayEnd(upload.initiatedMs, abort.DaysAfterInitiation), ruleId: ID }],
    )
    .sort((a, b) => a.atMs - b.atMs)[0];
}

const matching = ({ rules }: Lifecycle, subject: Subject): Rule[] =>
  rules.filter((rule) => isOn(rule) && covers(rule, subject));

interface Move {
  readonly rule: Rule;
  readonly storageClass: string;
  readonly atMs: number;
}

/** Of all moves that are due the one that goes furthest; never up, and small objects only where a rule names sizes. */
function coldest(lifecycle: Lifecycle, subject: Subject, moves: readonly Move[], nowMs: number): Due | undefined {
  const [last] = moves
    .filter((move) => move.atMs <= nowMs && isColder(move.storageClass, subject.storageClass))
    .filter((move) => isLargeEnough(lifecycle, subject.bytes, move))
    .sort((a, b) => rankOf(b.storageClass) - rankOf(a.storageClass));
  return last && { kind: "move", storageClass: last.storageClass };
}

const rankOf = (name: string): number => CLASSES.findIndex((one) => one === name);
const isColder = (name: string, than: string): boolean => rankOf(name) > rankOf(than);

function isLargeEnough({ minimumSize }: Lifecycle, bytes: number, { rule, storageClass }: Move): boolean {
  const { least, most } = predicatesOf(rule);
  const namesSizes = least >= 0 || most !== Number.POSITIVE_INFINITY;
  const isAnySize =
    minimumSize === "varies_by_storage_class" && (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE");
  return bytes >= SMALL_BYTES || namesSizes || isAnySize;
}
