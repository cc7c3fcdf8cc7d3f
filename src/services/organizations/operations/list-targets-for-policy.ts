import { directory, type Organization, policyStore, treeStore } from "../../../identity/index.js";
import type { ReadTx } from "../../../store/index.js";
import { isAccountTarget, targetArn } from "../arns.js";
import { aboutPolicy } from "../on-policy.js";
import { page } from "../pages.js";
import { policyOf } from "../policies.js";
import { operation } from "../ports.js";
import { reading } from "../seat.js";
import { targetType } from "../tree.js";

export const listTargetsForPolicy = operation("ListTargetsForPolicy", {
  ...aboutPolicy("ListTargetsForPolicy"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { id } = await policyOf(tx, organization, input.PolicyId);
      const { items, end } = await page(
        `ListTargetsForPolicy ${organization.id} ${id}`,
        input,
        (after, limit) => policyStore.targetsOf(tx, organization.id, id, after, limit),
        ({ target }) => target,
      );
      return { Targets: await Promise.all(items.map(({ target }) => show(tx, organization, target))), ...end };
    }),
});

async function show(tx: ReadTx, organization: Organization, target: string) {
  const named = isAccountTarget(target) ? await directory.account(tx, target) : await treeStore.node(tx, target);
  return {
    TargetId: target,
    Arn: targetArn(organization, target),
    Name: named?.name ?? "",
    Type: targetType(target),
  };
}
