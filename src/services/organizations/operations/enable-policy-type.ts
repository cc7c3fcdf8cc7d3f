import { treeStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutRoot } from "../on-root.js";
import { checkType } from "../policies.js";
import { operation } from "../ports.js";
import { changing } from "../seat.js";
import { showRoot } from "../shown.js";
import { audit } from "../trail.js";
import { attachFullAccess } from "../tree.js";

const MOST = 100_000;

/** From here on AWS's own policy of that kind hangs on everything. */
export const enablePolicyType = operation("EnablePolicyType", {
  ...aboutRoot("EnablePolicyType"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const root = await treeStore.node(tx, input.RootId);
      if (root?.organization !== organization.id) throw errors.rootNotFound();
      const type = checkType(organization, input.PolicyType);
      if (organization.policyTypes.includes(type)) throw errors.typeEnabled();
      const enabled = { ...organization, policyTypes: [...organization.policyTypes, type] };
      await treeStore.putOrganization(tx, enabled);
      for (const { id } of await treeStore.nodes(tx, organization.id)) await attachFullAccess(tx, enabled, id, [type]);
      for (const { account } of await treeStore.members(tx, organization.id, "", MOST))
        await attachFullAccess(tx, enabled, account, [type]);
      return { Root: showRoot(enabled, root) };
    }),
});
