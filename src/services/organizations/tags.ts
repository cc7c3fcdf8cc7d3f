import type { Tag } from "../../identity/index.js";
import { errors } from "./errors.js";
import { QUOTAS } from "./quotas.js";

export interface TagInput {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

/** The tags of a request, checked. */
export function parseTags(input: readonly TagInput[] | undefined): Tag[] {
  const tags = (input ?? []).map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
  if (new Set(tags.map(({ key }) => key)).size < tags.length)
    throw errors.input("DUPLICATE_TAG_KEY", "Duplicate tag keys found. Tag keys must be unique.");
  if (tags.some(({ key }) => /^aws:/i.test(key)))
    throw errors.input("INVALID_SYSTEM_TAGS_PARAMETER", "Tag keys that begin with aws: are reserved for AWS use.");
  return withTags([], tags);
}

/** What there was with what came. */
export function withTags(current: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map([...current, ...added].map((tag) => [tag.key, tag]));
  if (merged.size > QUOTAS.tags)
    throw errors.constraint("MAX_TAG_LIMIT_EXCEEDED", `You have exceeded the maximum of ${QUOTAS.tags} tags.`);
  return [...merged.values()];
}

export const showTags = (tags: readonly Tag[]) => tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** Condition values of a request that brings tags. */
export function requestTagValues(input: readonly TagInput[] | undefined): [string, string | string[]][] {
  if (input === undefined || input.length === 0) return [];
  const pairs = input.map(({ Key = "", Value = "" }): [string, string] => [
    `aws:requesttag/${Key.toLowerCase()}`,
    Value,
  ]);
  return [...pairs, ["aws:tagkeys", input.map(({ Key = "" }) => Key)]];
}
