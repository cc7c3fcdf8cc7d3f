import { policyStore } from "../../../identity/index.js";
import { targetArn } from "../arns.js";
import { pageOfList } from "../pages.js";
import { checkType, policyOf } from "../policies.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showSummary } from "../shown.js";
import { targetOf } from "../tree.js";

interface Input {
  readonly TargetId: string;
  readonly Filter: string;
}

/** What hangs on the target itself. */
export const listPoliciesForTarget = operation("ListPoliciesForTarget", {
  ...about(
    "ListPoliciesForTarget",
    (organization, input: Input) => [targetArn(organization, input.TargetId)],
    (input) => [["organizations:policytype", input.Filter]],
  ),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const type = checkType(organization, input.Filter);
      await targetOf(tx, organization, input.TargetId);
      const hanging = (await policyStore.attachmentsOf(tx, input.TargetId)).filter((each) => each.type === type);
      const scope = `ListPoliciesForTarget ${input.TargetId} ${type}`;
      const { items, end } = await pageOfList(scope, input, hanging, ({ policy }) => policy);
      const policies = await Promise.all(items.map(({ policy }) => policyOf(tx, organization, policy)));
      return { Policies: policies.map((policy) => showSummary(organization, policy)), ...end };
    }),
});
