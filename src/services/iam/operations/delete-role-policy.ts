import { aboutRole } from "../entities.js";
import { deleteInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const deleteRolePolicy = operation("DeleteRolePolicy", {
  ...aboutRole("iam:DeleteRolePolicy"),
  run: deleteInlinePolicy,
});
