import { directory } from "../../../identity/index.js";
import { deleteConflict } from "../errors.js";
import { aboutPolicy, changePolicy } from "../policies.js";
import { operation } from "../ports.js";

export const deletePolicy = operation("DeletePolicy", {
  ...aboutPolicy("iam:DeletePolicy"),
  run: (ctx, _input, ok, ports) =>
    changePolicy(ctx, ports, ok, async (tx, { account, arn, id }) => {
      const holders = await directory.attachments(tx, account, arn);
      const bounded = await directory.boundedBy(tx, account, arn);
      if (holders.length + bounded.length > 0) throw deleteConflict("Cannot delete a policy attached to entities.");
      if ((await directory.policyVersions(tx, id)).length > 1)
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      await directory.deleteManagedPolicy(tx, id);
      return {};
    }),
});
