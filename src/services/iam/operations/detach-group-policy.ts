import { aboutGroup } from "../entities.js";
import { detachPolicy } from "../holders.js";
import { operation } from "../ports.js";

export const detachGroupPolicy = operation("DetachGroupPolicy", {
  ...aboutGroup("iam:DetachGroupPolicy", (input: { readonly GroupName: string; readonly PolicyArn: string }) => [
    ["iam:policyarn", input.PolicyArn],
  ]),
  run: detachPolicy,
});
