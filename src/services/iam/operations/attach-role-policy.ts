import { aboutRole } from "../entities.js";
import { attachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const attachRolePolicy = operation("AttachRolePolicy", {
  ...aboutRole("iam:AttachRolePolicy", (input: { readonly RoleName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: attachPolicy,
});
