import type { RequestContext } from "../../../kit/index.js";
import { errors } from "../errors.js";
import { checkFilter, type Filter } from "../filter.js";
import type { Bucket } from "../store/index.js";
import { checkActions } from "./actions-check.js";

/** The name of a bucket's setting. */
export const LIFECYCLE = "lifecycle";

export type MinimumSize = "all_storage_classes_128K" | "varies_by_storage_class";

/** As the wire has it, and as it is stored, but that JSON makes texts of dates. */
export interface Rule {
  readonly ID?: string | undefined;
  readonly Status?: string | undefined;
  /** The old form of a filter. */
  readonly Prefix?: string | undefined;
  readonly Filter?: Filter | undefined;
  readonly Expiration?: Expiration | undefined;
  readonly Transitions?: readonly Transition[] | undefined;
  readonly NoncurrentVersionExpiration?: NoncurrentExpiration | undefined;
  readonly NoncurrentVersionTransitions?: readonly NoncurrentTransition[] | undefined;
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation?: number | undefined } | undefined;
}

export interface Expiration {
  readonly Days?: number | undefined;
  readonly Date?: Date | undefined;
  readonly ExpiredObjectDeleteMarker?: boolean | undefined;
}

export interface Transition {
  readonly Days?: number | undefined;
  readonly Date?: Date | undefined;
  readonly StorageClass?: string | undefined;
}

export interface NoncurrentExpiration {
  readonly NoncurrentDays?: number | undefined;
  readonly NewerNoncurrentVersions?: number | undefined;
}

export interface NoncurrentTransition extends NoncurrentExpiration {
  readonly StorageClass?: string | undefined;
}

export interface Lifecycle {
  readonly rules: readonly Rule[];
  readonly minimumSize: MinimumSize;
}

export function lifecycleOf(bucket: Bucket): Lifecycle | undefined {
  const text = bucket.settings.get(LIFECYCLE);
  if (text === undefined) return undefined;
  const known = PARSED.get(bucket);
  if (known) return known;
  const lifecycle = parseStored(text);
  PARSED.set(bucket, lifecycle);
  return lifecycle;
}

/** A bucket that is remembered between requests is parsed once. */
const PARSED = new WeakMap<Bucket, Lifecycle>();

/** The dates come back as dates. */
export const parseStored = (text: string): Lifecycle =>
  JSON.parse(text, (name, value: unknown) => (name === "Date" ? new Date(String(value)) : value)) as Lifecycle; // as it was stored

const MOST_RULES = 1000;
const MOST_ID_LETTERS = 255;

/** Checks a configuration whole; rules without an id get one. */
export function parseLifecycle(
  ctx: RequestContext,
  rules: readonly Rule[] | undefined,
  minimumSize: string | undefined,
): Lifecycle {
  if (!rules || rules.length === 0 || rules.length > MOST_RULES) throw errors.malformedXml();
  if (minimumSize !== undefined && !isMinimumSize(minimumSize)) throw errors.malformedXml();
  const named = rules.map((rule) => ({ ...rule, ID: rule.ID || ctx.ids.hex(48) }));
  for (const rule of named) checkRule(rule);
  if (new Set(named.map((rule) => rule.ID)).size !== named.length) {
    throw errors.invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID");
  }
  return { rules: named, minimumSize: minimumSize ?? "all_storage_classes_128K" };
}

const isMinimumSize = (text: string): text is MinimumSize =>
  text === "all_storage_classes_128K" || text === "varies_by_storage_class";

function checkRule(rule: Rule): void {
  if ((rule.ID?.length ?? 0) > MOST_ID_LETTERS) {
    throw errors.invalidArgument(`ID length should not exceed allowed limit of ${MOST_ID_LETTERS}`, "ID", rule.ID);
  }
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw errors.malformedXml();
  if ((rule.Filter === undefined) === (rule.Prefix === undefined)) throw errors.malformedXml();
  if (rule.Filter) checkFilter(rule.Filter);
  checkActions(rule);
}
