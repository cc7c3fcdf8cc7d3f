import { policyStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutPolicy } from "../on-policy.js";
import { ownPolicyOf } from "../policies.js";
import { operation } from "../ports.js";
import { changing } from "../seat.js";
import { audit } from "../trail.js";

export const deletePolicy = operation("DeletePolicy", {
  ...aboutPolicy("DeletePolicy"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const { id } = await ownPolicyOf(tx, organization, input.PolicyId);
      if ((await policyStore.targetsOf(tx, organization.id, id, "", 1)).length > 0) throw errors.policyInUse();
      await policyStore.deletePolicy(tx, id);
      return {};
    }),
});
