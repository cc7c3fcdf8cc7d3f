import { aboutInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { listThingTags } from "../things.js";

export const listInstanceProfileTags = operation("ListInstanceProfileTags", {
  ...aboutInstanceProfile("iam:ListInstanceProfileTags"),
  run: listThingTags,
});
