import { policyStore, treeStore } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { audit } from "../trail.js";
import { unitOf } from "../tree.js";

export const deleteOrganizationalUnit = operation("DeleteOrganizationalUnit", {
  ...about("DeleteOrganizationalUnit", (organization, input: { OrganizationalUnitId: string }) => [
    nodeArn(organization, input.OrganizationalUnitId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const { id } = await unitOf(tx, organization, input.OrganizationalUnitId);
      const [units, members] = [await treeStore.unitsIn(tx, id, "", 1), await treeStore.membersIn(tx, id, "", 1)];
      if (units.length + members.length > 0) throw errors.unitNotEmpty();
      await policyStore.detachAll(tx, id);
      await treeStore.deleteNode(tx, id);
      return {};
    }),
});
