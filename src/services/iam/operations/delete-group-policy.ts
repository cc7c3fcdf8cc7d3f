import { aboutGroup } from "../entities.js";
import { deleteInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const deleteGroupPolicy = operation("DeleteGroupPolicy", {
  ...aboutGroup("iam:DeleteGroupPolicy"),
  run: deleteInlinePolicy,
});
