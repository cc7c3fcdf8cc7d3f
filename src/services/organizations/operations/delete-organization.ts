import { policyStore, treeStore } from "../../../identity/index.js";
import { organizationArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { audit } from "../trail.js";

/** Nothing may be left in it but the management account. */
export const deleteOrganization = operation("DeleteOrganization", {
  ...about("DeleteOrganization", (organization) => [organizationArn(organization)]),
  audit,
  run: (ctx, _input, _ok, ports) =>
    changing(ctx, ports, async (tx, { id }) => {
      const members = await treeStore.countMembers(tx, id);
      const units = await treeStore.countUnits(tx, id);
      const policies =
        (await policyStore.countPolicies(tx, id, "SERVICE_CONTROL_POLICY")) +
        (await policyStore.countPolicies(tx, id, "RESOURCE_CONTROL_POLICY"));
      if (members > 1 || units + policies > 0) throw errors.notEmpty();
      await treeStore.deleteOrganization(tx, id);
      return {};
    }),
});
