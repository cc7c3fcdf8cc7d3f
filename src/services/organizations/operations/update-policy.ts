import { policyStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutPolicy } from "../on-policy.js";
import { checkContent, ownPolicyOf } from "../policies.js";
import { operation } from "../ports.js";
import { changing } from "../seat.js";
import { showPolicy } from "../shown.js";
import { unlessTaken } from "../taken.js";
import { audit } from "../trail.js";

/** In force wherever it hangs, at the next call. */
export const updatePolicy = operation("UpdatePolicy", {
  ...aboutPolicy("UpdatePolicy"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const policy = await ownPolicyOf(tx, organization, input.PolicyId);
      if (input.Content !== undefined) checkContent(policy.type, input.Content);
      const changed = {
        ...policy,
        name: input.Name ?? policy.name,
        description: input.Description ?? policy.description,
        content: input.Content ?? policy.content,
      };
      await unlessTaken(errors.duplicatePolicy, policyStore.updatePolicy(tx, changed));
      return { Policy: showPolicy(organization, changed) };
    }),
});
