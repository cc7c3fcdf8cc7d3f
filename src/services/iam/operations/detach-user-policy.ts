import { aboutUser } from "../entities.js";
import { detachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const detachUserPolicy = operation("DetachUserPolicy", {
  ...aboutUser("iam:DetachUserPolicy", (input: { readonly UserName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: detachPolicy,
});
