import { directory } from "../../../identity/index.js";
import { deleteConflict } from "../errors.js";
import { aboutPolicy, changePolicy, noSuchVersion } from "../policies.js";
import { operation } from "../ports.js";

export const deletePolicyVersion = operation("DeletePolicyVersion", {
  ...aboutPolicy("iam:DeletePolicyVersion"),
  run: (ctx, input, ok, ports) =>
    changePolicy(ctx, ports, ok, async (tx, policy) => {
      const { VersionId: version } = input;
      const found = await directory.policyVersion(tx, policy.id, version);
      if (found === undefined) throw noSuchVersion(policy.arn, version);
      if (version === policy.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
      await directory.deletePolicyVersion(tx, policy.id, version);
      return {};
    }),
});
