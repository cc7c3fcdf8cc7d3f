import { FULL_ACCESS, policyStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutPolicy } from "../on-policy.js";
import { policyOf } from "../policies.js";
import { operation } from "../ports.js";
import { changing } from "../seat.js";
import { audit } from "../trail.js";
import { targetOf } from "../tree.js";

export const detachPolicy = operation("DetachPolicy", {
  ...aboutPolicy("DetachPolicy"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const { id, type } = await policyOf(tx, organization, input.PolicyId);
      await targetOf(tx, organization, input.TargetId);
      const hanging = (await policyStore.attachmentsOf(tx, input.TargetId)).filter((each) => each.type === type);
      if (!hanging.some(({ policy }) => policy === id)) throw errors.policyNotAttached();
      if (id === FULL_ACCESS.RESOURCE_CONTROL_POLICY.id)
        throw errors.input("NON_DETACHABLE_POLICY", "You can't detach the specified policy.");
      if (type === "SERVICE_CONTROL_POLICY" && hanging.length === 1)
        throw errors.constraint(
          "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
          "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.",
        );
      await policyStore.detach(tx, input.TargetId, id);
      return {};
    }),
});
