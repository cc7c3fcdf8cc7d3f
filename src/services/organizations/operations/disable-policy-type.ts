import { policyStore, treeStore } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutRoot } from "../on-root.js";
import { checkType } from "../policies.js";
import { operation } from "../ports.js";
import { changing } from "../seat.js";
import { showRoot } from "../shown.js";
import { audit } from "../trail.js";

/** Everything of that kind is taken down: to enable it again does not bring it back. */
export const disablePolicyType = operation("DisablePolicyType", {
  ...aboutRoot("DisablePolicyType"),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const root = await treeStore.node(tx, input.RootId);
      if (root?.organization !== organization.id) throw errors.rootNotFound();
      const type = checkType(organization, input.PolicyType);
      if (!organization.policyTypes.includes(type)) throw errors.typeNotEnabled();
      const disabled = { ...organization, policyTypes: organization.policyTypes.filter((each) => each !== type) };
      await treeStore.putOrganization(tx, disabled);
      await policyStore.detachType(tx, organization.id, type);
      return { Root: showRoot(disabled, root) };
    }),
});
