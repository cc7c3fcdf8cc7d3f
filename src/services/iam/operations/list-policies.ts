import type { AccountId } from "../../../base/index.js";
import { awsManagedPolicies, directory, type ManagedPolicy } from "../../../identity/index.js";
import type { ReadTx } from "../../../store/index.js";
import { onAccount } from "../entities.js";
import { pageOfList } from "../pages.js";
import { showPolicy } from "../policies.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";

/** The account's policies and AWS's, in order of name. */
export const listPolicies = operation("ListPolicies", {
  checks: onAccount("iam:ListPolicies"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const { PathPrefix: prefix = "/", Scope: scope = "All" } = input;
      const all = [
        ...(scope === "Local" ? [] : awsManagedPolicies()),
        ...(scope === "AWS" ? [] : await ownPolicies(tx, account)),
      ].filter(({ path }) => path.startsWith(prefix));
      const used = await onlyUsed(tx, account, all, input);
      const { items, end } = pageOfList(`policies:${account}`, used, input, ({ name, arn }) => `${name} ${arn}`);
      const shown = [];
      for (const policy of items) shown.push(await showPolicy(tx, account, policy));
      return { Policies: shown, ...end };
    }),
});

const ownPolicies = (tx: ReadTx, account: AccountId) =>
  directory.managedPolicies(tx, { account, pathPrefix: "/", after: "", limit: QUOTAS.PoliciesPerAccount });

async function onlyUsed(
  tx: ReadTx,
  account: AccountId,
  all: readonly ManagedPolicy[],
  input: { readonly OnlyAttached?: boolean | undefined; readonly PolicyUsageFilter?: string | undefined },
): Promise<readonly ManagedPolicy[]> {
  const { OnlyAttached, PolicyUsageFilter: usage } = input;
  if (!OnlyAttached && usage === undefined) return all;
  const used: ManagedPolicy[] = [];
  for (const policy of all) {
    const isAttached = (await directory.attachments(tx, account, policy.arn)).length > 0;
    const isBoundary = (await directory.boundedBy(tx, account, policy.arn)).length > 0;
    const fits = usage === undefined || (usage === "PermissionsBoundary" ? isBoundary : isAttached);
    if (fits && (!OnlyAttached || isAttached || isBoundary)) used.push(policy);
  }
  return used;
}
