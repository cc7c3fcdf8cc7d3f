import { aboutRole } from "../entities.js";
import { listInlinePolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listRolePolicies = operation("ListRolePolicies", {
  ...aboutRole("iam:ListRolePolicies"),
  run: listInlinePolicies,
});
