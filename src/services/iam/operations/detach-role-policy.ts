import { aboutRole } from "../entities.js";
import { detachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const detachRolePolicy = operation("DetachRolePolicy", {
  ...aboutRole("iam:DetachRolePolicy", (input: { readonly RoleName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: detachPolicy,
});
