import { aboutUser } from "../entities.js";
import { listInlinePolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listUserPolicies = operation("ListUserPolicies", {
  ...aboutUser("iam:ListUserPolicies"),
  run: listInlinePolicies,
});
