import { policyStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutPolicy } from "../on-policy.js";
import { policyOf } from "../policies.js";
import { operation } from "../ports.js";
import { POLICY_QUOTAS } from "../quotas.js";
import { changing } from "../seat.js";
import { audit } from "../trail.js";
import { targetOf } from "../tree.js";

export const attachPolicy = operation("AttachPolicy", {
  ...aboutPolicy("AttachPolicy"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const { id, type } = await policyOf(tx, organization, input.PolicyId);
      await targetOf(tx, organization, input.TargetId);
      if (!organization.policyTypes.includes(type)) throw errors.typeNotEnabled();
      const hanging = (await policyStore.attachmentsOf(tx, input.TargetId)).filter((each) => each.type === type);
      if (hanging.some(({ policy }) => policy === id)) throw errors.duplicateAttachment();
      if (hanging.length >= POLICY_QUOTAS[type].attached)
        throw errors.constraint(
          "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
          "You have exceeded the allowed number of policies of that type on the specified target.",
        );
      await policyStore.attach(tx, { organization: organization.id, type, target: input.TargetId, policy: id });
      return {};
    }),
});
