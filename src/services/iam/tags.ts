import type { Tag } from "../../identity/index.js";
import { exceeds, invalidInput } from "./errors.js";
import { QUOTAS } from "./quotas.js";

export interface TagInput {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

/** Users and roles do not tell `Team` from `team`; policies do. */
export type TagCase = "ignore-case" | "keep-case";

const DUPLICATES = {
  "ignore-case": "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  "keep-case": "Duplicate tag keys found.",
} as const;

/** The tags of a request, checked. */
export function parseTags(input: readonly TagInput[] | undefined, tagCase: TagCase): Tag[] {
  const tags = (input ?? []).map((tag) => ({ key: tag.Key ?? "", value: tag.Value ?? "" }));
  const keys = new Set(tags.map((tag) => fold(tag.key, tagCase)));
  if (keys.size < tags.length) throw invalidInput(DUPLICATES[tagCase]);
  if (tags.some((tag) => tag.key.toLowerCase().startsWith("aws:")))
    throw invalidInput("aws: prefixed tag key names are not allowed for external use.");
  return tags;
}

/** What there was with what came: the newer value, and the newer spelling of the key. */
export function addTags(current: readonly Tag[], added: readonly Tag[], tagCase: TagCase): Tag[] {
  const merged = new Map(current.map((tag) => [fold(tag.key, tagCase), tag]));
  for (const tag of added) merged.set(fold(tag.key, tagCase), tag);
  if (merged.size > QUOTAS.TagsPerResource) throw exceeds("TagsPerResource", QUOTAS.TagsPerResource);
  return [...merged.values()];
}

export function removeTags(current: readonly Tag[], keys: readonly string[], tagCase: TagCase): Tag[] {
  const gone = new Set(keys.map((key) => fold(key, tagCase)));
  return current.filter((tag) => !gone.has(fold(tag.key, tagCase)));
}

export const showTags = (tags: readonly Tag[]) => tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** `Tags` as creating answers have it: left out when there are none. */
export const someTags = (tags: readonly Tag[]) => (tags.length === 0 ? {} : { Tags: showTags(tags) });

/** Condition values of a request that brings tags. */
export function requestTagValues(input: readonly TagInput[] | undefined): [string, string | string[]][] {
  if (input === undefined || input.length === 0) return [];
  const pairs = input.map(({ Key = "", Value = "" }): [string, string] => [
    `aws:requesttag/${Key.toLowerCase()}`,
    Value,
  ]);
  return [...pairs, ["aws:tagkeys", input.map(({ Key = "" }) => Key)]];
}

const fold = (key: string, tagCase: TagCase) => (tagCase === "ignore-case" ? key.toLowerCase() : key);
