import type { Tag } from "../../kms/index.js";

interface WireTag {
  readonly TagKey: string | undefined;
  readonly TagValue: string | undefined;
}

/** Both members are required in the model, so the decoder saw to them; the client's types allow undefined. */
export const tagsOf = (tags: readonly WireTag[] | undefined): Tag[] =>
  (tags ?? []).map(({ TagKey = "", TagValue = "" }) => ({ key: TagKey, value: TagValue }));

export const wireTag = ({ key, value }: Tag) => ({ TagKey: key, TagValue: value });
