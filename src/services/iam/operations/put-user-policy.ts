import { aboutUser } from "../entities.js";
import { putInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const putUserPolicy = operation("PutUserPolicy", {
  ...aboutUser("iam:PutUserPolicy"),
  run: putInlinePolicy,
});
