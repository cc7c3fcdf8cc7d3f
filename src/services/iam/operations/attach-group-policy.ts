import { aboutGroup } from "../entities.js";
import { attachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const attachGroupPolicy = operation("AttachGroupPolicy", {
  ...aboutGroup("iam:AttachGroupPolicy", (input: { readonly GroupName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: attachPolicy,
});
