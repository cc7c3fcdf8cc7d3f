import { aboutRole } from "../entities.js";
import { listAttachedPolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listAttachedRolePolicies = operation("ListAttachedRolePolicies", {
  ...aboutRole("iam:ListAttachedRolePolicies"),
  run: listAttachedPolicies,
});
