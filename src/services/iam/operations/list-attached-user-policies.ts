import { aboutUser } from "../entities.js";
import { listAttachedPolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listAttachedUserPolicies = operation("ListAttachedUserPolicies", {
  ...aboutUser("iam:ListAttachedUserPolicies"),
  run: listAttachedPolicies,
});
