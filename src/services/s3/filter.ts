import { errors } from "./errors.js";

export interface Predicates {
  readonly Prefix?: string | undefined;
  readonly ObjectSizeGreaterThan?: number | undefined;
  readonly ObjectSizeLessThan?: number | undefined;
}

/** Which objects a rule or a configuration is about. */
export interface Filter extends Predicates {
  readonly Tag?: FilterTag | undefined;
  readonly And?: (Predicates & { readonly Tags?: readonly FilterTag[] | undefined }) | undefined;
}

export interface FilterTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** One predicate, or two and more under `And`. What a feature does not know of these the wire has refused before. */
export function checkFilter({ And: and, ...single }: Filter): void {
  const given = Object.values(single).filter((value) => value !== undefined);
  if (given.length + (and ? 1 : 0) > 1) throw errors.malformedXml();
  for (const size of [single, and]) if (size) checkSizes(size);
  if (single.Tag) checkTags([single.Tag]);
  if (!and) return;
  const { Tags: tags = [], ...rest } = and;
  if (tags.length + Object.values(rest).filter((value) => value !== undefined).length < 2) throw errors.malformedXml();
  checkTags(tags);
}

function checkTags(tags: readonly FilterTag[]): void {
  if (tags.some((tag) => !tag.Key || tag.Value === undefined)) throw errors.malformedXml();
  if (new Set(tags.map((tag) => tag.Key)).size !== tags.length) {
    throw errors.invalidRequest("Duplicate Tag Keys are not allowed.");
  }
}

function checkSizes({ ObjectSizeGreaterThan: least, ObjectSizeLessThan: most }: Predicates): void {
  if ((least ?? 0) < 0 || (most ?? 1) < 1) throw errors.malformedXml();
  if (least !== undefined && most !== undefined && least >= most) {
    throw errors.invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
}
