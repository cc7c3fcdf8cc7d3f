import { FULL_ACCESS, policyStore } from "../../../identity/index.js";
import { page } from "../pages.js";
import { checkType } from "../policies.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showSummary } from "../shown.js";

/** AWS's own, and the organization's. */
export const listPolicies = operation("ListPolicies", {
  ...about(
    "ListPolicies",
    () => ["*"],
    (input: { Filter: string }) => [["organizations:policytype", input.Filter]],
  ),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const type = checkType(organization, input.Filter);
      const own = FULL_ACCESS[type];
      const { items, end } = await page(
        `ListPolicies ${organization.id} ${type}`,
        input,
        // Capital letters come first: AWS's own policy is the first of the first page.
        async (after, limit) =>
          [
            ...(after < own.id ? [own] : []),
            ...(await policyStore.policies(tx, organization.id, type, after, limit)),
          ].slice(0, limit),
        ({ id }) => id,
      );
      return { Policies: items.map((policy) => showSummary(organization, policy)), ...end };
    }),
});
