import { AwsError } from "../base/index.js";
import type { Tag } from "./key.js";
import { QUOTAS } from "./quotas.js";

/** What the model does not say of tags that callers send (kms O-6, O-10). */
export function checkTags(tags: readonly Tag[]): void {
  const keys = tags.map((tag) => tag.key);
  if (new Set(keys).size < keys.length) throw tagException("Duplicate tag keys");
  checkTagKeys(keys);
  refuseTooMany(tags);
}

export function checkTagKeys(keys: readonly string[]): void {
  if (keys.some((key) => /^aws:/i.test(key))) throw tagException("Tags beginning with aws: are reserved");
}

/** The new tags over the old: a key that is there already gets the new value. The limit counts what results. */
export function withTags(old: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map([...old, ...added].map((tag) => [tag.key, tag.value]));
  const tags = [...merged].map(([key, value]) => ({ key, value }));
  refuseTooMany(tags);
  return tags;
}

/** Keys that are not there are passed over. */
export function withoutTags(old: readonly Tag[], keys: readonly string[]): Tag[] {
  return old.filter((tag) => !keys.includes(tag.key));
}

function refuseTooMany(tags: readonly Tag[]): void {
  if (tags.length > QUOTAS.tagsPerKey) throw tagException("Too many tags");
}

const tagException = (message: string) => new AwsError("TagException", message);
