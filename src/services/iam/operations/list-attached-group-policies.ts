import { aboutGroup } from "../entities.js";
import { listAttachedPolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listAttachedGroupPolicies = operation("ListAttachedGroupPolicies", {
  ...aboutGroup("iam:ListAttachedGroupPolicies"),
  run: listAttachedPolicies,
});
