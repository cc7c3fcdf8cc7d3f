import { aboutUser } from "../entities.js";
import { deleteInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const deleteUserPolicy = operation("DeleteUserPolicy", {
  ...aboutUser("iam:DeleteUserPolicy"),
  run: deleteInlinePolicy,
});
