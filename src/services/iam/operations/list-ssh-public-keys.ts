import { aboutUser, existing } from "../entities.js";
import { operation } from "../ports.js";

/** There is no operation here that makes one, so the list is empty; Terraform asks before it deletes a user. */
export const listSSHPublicKeys = operation("ListSSHPublicKeys", {
  ...aboutUser("iam:ListSSHPublicKeys"),
  run: async (_ctx, _input, ok) => {
    existing(ok.target);
    return { SSHPublicKeys: [], IsTruncated: false };
  },
});
