import { treeStore } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { page } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showUnit } from "../shown.js";
import { parentOf } from "../tree.js";

export const listOrganizationalUnitsForParent = operation("ListOrganizationalUnitsForParent", {
  ...about("ListOrganizationalUnitsForParent", (organization, input: { ParentId: string }) => [
    nodeArn(organization, input.ParentId),
  ]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { id } = await parentOf(tx, organization, input.ParentId);
      const { items, end } = await page(
        `ListOrganizationalUnitsForParent ${id}`,
        input,
        (after, limit) => treeStore.unitsIn(tx, id, after, limit),
        (unit) => unit.id,
      );
      return { OrganizationalUnits: await Promise.all(items.map((unit) => showUnit(tx, organization, unit))), ...end };
    }),
});
