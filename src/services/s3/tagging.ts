import { errors } from "./errors.js";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const MOST_OBJECT_TAGS = 10;
const MOST_BUCKET_TAGS = 50;

/** Checks a tag set from an XML body. Buckets and objects differ in their bounds and in one sentence. */
export function parseTagSet(tagSet: readonly Partial<Tag>[] | undefined, of: "bucket" | "object"): Tag[] {
  const tags = (tagSet ?? []).map(({ Key, Value }) => {
    if (Key === undefined || Value === undefined) throw errors.malformedXml();
    return { Key, Value };
  });
  const most = of === "bucket" ? MOST_BUCKET_TAGS : MOST_OBJECT_TAGS;
  if (tags.length > most) throw tooMany(of, most);
  for (const tag of tags) checkTag(tag, of);
  const twice = tags.find((tag, at) => tags.findIndex((other) => other.Key === tag.Key) !== at);
  if (twice) throw errors.invalidTag("Cannot provide multiple Tags with the same key", { TagKey: twice.Key });
  return tags;
}

/** The tags of a request before they are checked: what policies are asked about. */
export const givenTags = (tagSet: readonly Partial<Tag>[] | undefined): Tag[] =>
  (tagSet ?? []).flatMap(({ Key, Value }) => (Key === undefined || Value === undefined ? [] : [{ Key, Value }]));

const tooMany = (of: "bucket" | "object", most: number) =>
  errors.invalidTag(`${of === "bucket" ? "Bucket" : "Object"} tags cannot be greater than ${most}`, {});

function checkTag({ Key, Value }: Tag, of: "bucket" | "object"): void {
  if (!KEY.test(Key)) throw errors.invalidTag("The TagKey you have provided is invalid", { TagKey: Key });
  if (!VALUE.test(Value))
    throw errors.invalidTag("The TagValue you have provided is invalid", { TagKey: Key, TagValue: Value });
  if (!/^aws:/i.test(Key)) return;
  const message =
    of === "bucket" ? "System tags cannot be added/updated by requester" : "Your TagKey cannot be prefixed with aws:";
  throw errors.invalidTag(message, { TagKey: Key });
}

/** The `x-amz-tagging` header: a URL query of tags. */
export function parseTaggingHeader(header: string | undefined): Tag[] {
  if (header === undefined || header === "") return [];
  // What stands between two `&` may be nothing.
  const pairs = header.split("&").filter((pair) => pair !== "");
  const tags = pairs.map((pair) => {
    const parts = pair.split("=");
    const [key, value = ""] = parts;
    if (!key || parts.length > 2) throw badHeader(header);
    return { Key: decoded(key, header), Value: decoded(value, header) };
  });
  if (new Set(tags.map((tag) => tag.Key)).size !== tags.length) throw badHeader(header);
  return parseTagSet(tags, "object");
}

function decoded(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw badHeader(header);
  }
}

const badHeader = (header: string) =>
  errors.invalidArgument(
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    "x-amz-tagging",
    header,
  );
