import { aboutGroup } from "../entities.js";
import { listInlinePolicies } from "../holders.js";
import { operation } from "../ports.js";

export const listGroupPolicies = operation("ListGroupPolicies", {
  ...aboutGroup("iam:ListGroupPolicies"),
  run: listInlinePolicies,
});
