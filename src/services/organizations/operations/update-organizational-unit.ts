import { treeStore } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { showUnit } from "../shown.js";
import { unlessTaken } from "../taken.js";
import { audit } from "../trail.js";
import { unitOf } from "../tree.js";

export const updateOrganizationalUnit = operation("UpdateOrganizationalUnit", {
  ...about("UpdateOrganizationalUnit", (organization, input: { OrganizationalUnitId: string }) => [
    nodeArn(organization, input.OrganizationalUnitId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const unit = await unitOf(tx, organization, input.OrganizationalUnitId);
      const name = input.Name ?? unit.name;
      await unlessTaken(errors.duplicateUnit, treeStore.renameNode(tx, unit, name));
      return { OrganizationalUnit: await showUnit(tx, organization, { ...unit, name }) };
    }),
});
