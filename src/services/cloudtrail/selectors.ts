import type { TrailRecord } from "../../audit/index.js";

export interface BasicSelector {
  readonly ReadWriteType: "All" | "ReadOnly" | "WriteOnly";
  readonly IncludeManagementEvents: boolean;
  readonly DataResources: readonly { readonly Type: string; readonly Values: readonly string[] }[];
  readonly ExcludeManagementEventSources: readonly string[];
}

export interface AdvancedSelector {
  readonly Name?: string;
  readonly FieldSelectors: readonly FieldSelector[];
}

export interface FieldSelector {
  readonly Field: string;
  readonly Equals?: readonly string[];
  readonly StartsWith?: readonly string[];
  readonly EndsWith?: readonly string[];
  readonly NotEquals?: readonly string[];
  readonly NotStartsWith?: readonly string[];
  readonly NotEndsWith?: readonly string[];
}

/** What a trail logs that was told nothing: all management events, no data events. */
export const DEFAULT_SELECTORS: readonly BasicSelector[] = [
  { ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
];

interface Selection {
  readonly selectors?: readonly BasicSelector[];
  readonly advanced?: readonly AdvancedSelector[];
}

export function isSelected({ selectors = DEFAULT_SELECTORS, advanced }: Selection, record: TrailRecord): boolean {
  if (advanced !== undefined)
    return advanced.some((selector) => selector.FieldSelectors.every((f) => holds(f, record)));
  return selectors.some((selector) => isBasic(selector, record));
}

function isBasic(selector: BasicSelector, record: TrailRecord): boolean {
  const { ReadWriteType: type } = selector;
  if (type !== "All" && (type === "ReadOnly") !== record.readOnly) return false;
  if (record.eventCategory === "Management") {
    return selector.IncludeManagementEvents && !selector.ExcludeManagementEventSources.includes(record.eventSource);
  }
  return selector.DataResources.some(({ Type, Values }) =>
    (record.resources ?? []).some((each) => each.type === Type && Values.some((value) => isWithin(value, each.ARN))),
  );
}

/** `arn:aws:s3` and its like mean all; a bucket's ARN with a slash is a prefix of objects; all others name one thing. */
function isWithin(value: string, arn: string): boolean {
  if (value === arn) return true;
  const isAll = /^arn:aws[a-z-]*:(s3(:::)?|lambda|dynamodb)$/.test(value);
  return (isAll || value.includes("/")) && arn.startsWith(value);
}

function holds(selector: FieldSelector, record: TrailRecord): boolean {
  const value = fieldOf(selector.Field, record);
  const { Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith } = selector;
  const any = (texts: readonly string[] | undefined, test: (text: string) => boolean) =>
    texts === undefined || (value !== undefined && texts.some(test));
  const none = (texts: readonly string[] | undefined, test: (text: string) => boolean) =>
    texts === undefined || value === undefined || !texts.some(test);
  return (
    any(Equals, (text) => value === text) &&
    any(StartsWith, (text) => value?.startsWith(text) === true) &&
    any(EndsWith, (text) => value?.endsWith(text) === true) &&
    none(NotEquals, (text) => value === text) &&
    none(NotStartsWith, (text) => value?.startsWith(text) === true) &&
    none(NotEndsWith, (text) => value?.endsWith(text) === true)
  );
}

function fieldOf(field: string, record: TrailRecord): string | undefined {
  switch (field) {
    case "eventCategory":
      return record.eventCategory;
    case "eventName":
      return record.eventName;
    case "eventSource":
      return record.eventSource;
    case "eventType":
      return record.eventType;
    case "readOnly":
      return String(record.readOnly);
    // The thing itself stands first in a data event's resources, what holds it after.
    case "resources.type":
      return record.resources?.[0]?.type;
    case "resources.ARN":
      return record.resources?.[0]?.ARN;
    case "userIdentity.arn":
      return typeof record.userIdentity["arn"] === "string" ? record.userIdentity["arn"] : undefined;
    case "sessionCredentialFromConsole":
      return "false";
    default:
      return undefined;
  }
}
