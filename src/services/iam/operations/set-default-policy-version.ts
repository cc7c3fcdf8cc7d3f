import { directory, wholeSeconds } from "../../../identity/index.js";
import { aboutPolicy, changePolicy, noSuchVersion } from "../policies.js";
import { operation } from "../ports.js";

export const setDefaultPolicyVersion = operation("SetDefaultPolicyVersion", {
  ...aboutPolicy("iam:SetDefaultPolicyVersion"),
  run: (ctx, input, ok, ports) => {
    if (ok.target.found === undefined) throw noSuchVersion(ok.target.arn, input.VersionId);
    return changePolicy(ctx, ports, ok, async (tx, policy) => {
      const version = await directory.policyVersion(tx, policy.id, input.VersionId);
      if (version === undefined) throw noSuchVersion(policy.arn, input.VersionId);
      await directory.updateManagedPolicy(tx, {
        ...policy,
        defaultVersion: version.version,
        updatedAt: wholeSeconds(ctx.time),
      });
      return {};
    });
  },
});
