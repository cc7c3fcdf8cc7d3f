import { aboutMfaDevice } from "../mfa.js";
import { operation } from "../ports.js";
import { listThingTags } from "../things.js";

export const listMFADeviceTags = operation("ListMFADeviceTags", {
  ...aboutMfaDevice("iam:ListMFADeviceTags"),
  run: listThingTags,
});
