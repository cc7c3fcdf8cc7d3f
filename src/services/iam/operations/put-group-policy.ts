import { aboutGroup } from "../entities.js";
import { putInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const putGroupPolicy = operation("PutGroupPolicy", {
  ...aboutGroup("iam:PutGroupPolicy"),
  run: putInlinePolicy,
});
