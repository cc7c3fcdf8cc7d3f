import { aboutRole, existing } from "../entities.js";
import { operation } from "../ports.js";

/** There is no operation here that makes one, so the list is empty; Terraform asks before it deletes a role. */
export const listInstanceProfilesForRole = operation("ListInstanceProfilesForRole", {
  ...aboutRole("iam:ListInstanceProfilesForRole"),
  run: async (_ctx, _input, ok) => {
    existing(ok.target);
    return { InstanceProfiles: [], IsTruncated: false };
  },
});
