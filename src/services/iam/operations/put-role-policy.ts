import { aboutRole } from "../entities.js";
import { putInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const putRolePolicy = operation("PutRolePolicy", {
  ...aboutRole("iam:PutRolePolicy"),
  run: putInlinePolicy,
});
