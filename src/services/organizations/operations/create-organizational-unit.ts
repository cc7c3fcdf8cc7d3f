import { treeStore, wholeSeconds } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { about, changing } from "../seat.js";
import { showUnit } from "../shown.js";
import { parseTags } from "../tags.js";
import { unlessTaken } from "../taken.js";
import { audit } from "../trail.js";
import { attachFullAccess, depthOf, newSuffix, parentOf, rootOf } from "../tree.js";

export const createOrganizationalUnit = operation("CreateOrganizationalUnit", {
  ...about("CreateOrganizationalUnit", (organization, input: { ParentId: string }) => [
    nodeArn(organization, input.ParentId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) => {
    const tags = parseTags(input.Tags);
    return changing(ctx, ports, async (tx, organization) => {
      const parent = await parentOf(tx, organization, input.ParentId);
      if ((await depthOf(tx, parent)) >= QUOTAS.unitDepth)
        throw errors.constraint("OU_DEPTH_LIMIT_EXCEEDED", "You have exceeded the allowed depth of OUs.");
      if ((await treeStore.countUnits(tx, organization.id)) >= QUOTAS.units)
        throw errors.constraint("OU_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of OUs.");
      const root = (await rootOf(tx, organization)).id.slice("r-".length);
      const unit = {
        id: `ou-${root}-${newSuffix(ctx, 8)}`,
        organization: organization.id,
        parent: parent.id,
        name: input.Name,
        tags,
        createdAt: wholeSeconds(ctx.time),
      };
      await unlessTaken(errors.duplicateUnit, treeStore.insertNode(tx, unit));
      await attachFullAccess(tx, organization, unit.id);
      return { OrganizationalUnit: await showUnit(tx, organization, unit) };
    });
  },
});
