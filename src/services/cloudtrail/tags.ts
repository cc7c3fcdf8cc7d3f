import type { Tag as TagMember } from "@aws-sdk/client-cloudtrail";
import { errors } from "./errors.js";
import type { Tag } from "./trail.js";

const MOST_TAGS = 50;

/** Tags as they are kept: each key once. */
export function parseTags(given: readonly TagMember[]): Tag[] {
  const tags = given.map(({ Key = "", Value = "" }) => ({ Key, Value }));
  const wrong = tags.find(({ Key, Value }) => Key === "" || Key.length > 128 || Value.length > 256);
  if (wrong !== undefined) throw errors.tag("A tag's key has 1 to 128 characters, its value 256 at most.");
  if (tags.some(({ Key }) => /^aws:/i.test(Key)))
    throw errors.tag("Tags of which the key begins with aws: are AWS's own.");
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw errors.tag("A tag's key stands twice.");
  if (tags.length > MOST_TAGS) throw errors.tooManyTags();
  return tags;
}

export function withTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map([...tags, ...added].map((tag) => [tag.Key, tag]));
  if (merged.size > MOST_TAGS) throw errors.tooManyTags();
  return [...merged.values()];
}

/** Condition values of a request that brings tags. */
export function requestTagValues(given: readonly TagMember[]): (readonly [string, string | readonly string[]])[] {
  const pairs = given.map(({ Key = "", Value = "" }) => [`aws:requesttag/${Key.toLowerCase()}`, Value] as const);
  return given.length === 0 ? [] : [...pairs, tagKeyValues(given)];
}

export const tagKeyValues = (given: readonly TagMember[]): readonly [string, readonly string[]] => [
  "aws:tagkeys",
  given.map(({ Key = "" }) => Key),
];
