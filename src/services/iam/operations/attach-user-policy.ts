import { aboutUser } from "../entities.js";
import { attachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const attachUserPolicy = operation("AttachUserPolicy", {
  ...aboutUser("iam:AttachUserPolicy", (input: { readonly UserName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: attachPolicy,
});
