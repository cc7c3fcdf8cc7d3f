import { type OrganizationPolicy, policyStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { checkContent, checkType } from "../policies.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { about, changing } from "../seat.js";
import { showPolicy } from "../shown.js";
import { parseTags } from "../tags.js";
import { unlessTaken } from "../taken.js";
import { audit } from "../trail.js";
import { newSuffix } from "../tree.js";

export const createPolicy = operation("CreatePolicy", {
  ...about(
    "CreatePolicy",
    () => ["*"],
    (input: { Type: string }) => [["organizations:policytype", input.Type]],
  ),
  audit,
  run: (ctx, input, _ok, ports) => {
    const tags = parseTags(input.Tags);
    return changing(ctx, ports, async (tx, organization) => {
      const type = checkType(organization, input.Type);
      checkContent(type, input.Content);
      if ((await policyStore.countPolicies(tx, organization.id, type)) >= QUOTAS.policiesOfType)
        throw errors.constraint("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of policies.");
      const policy: OrganizationPolicy = {
        id: `p-${newSuffix(ctx, 8)}`,
        organization: organization.id,
        type,
        name: input.Name,
        description: input.Description,
        content: input.Content,
        tags,
      };
      await unlessTaken(errors.duplicatePolicy, policyStore.insertPolicy(tx, policy));
      return { Policy: showPolicy(organization, policy) };
    });
  },
});
