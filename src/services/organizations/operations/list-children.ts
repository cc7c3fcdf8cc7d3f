import { treeStore } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { page } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { parentOf } from "../tree.js";

export const listChildren = operation("ListChildren", {
  ...about("ListChildren", (organization, input: { ParentId: string }) => [nodeArn(organization, input.ParentId)]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { id } = await parentOf(tx, organization, input.ParentId);
      const type = input.ChildType;
      const { items, end } = await page(
        `ListChildren ${id} ${type}`,
        input,
        async (after, limit) =>
          type === "ACCOUNT"
            ? (await treeStore.membersIn(tx, id, after, limit)).map(({ account }) => account)
            : (await treeStore.unitsIn(tx, id, after, limit)).map((unit) => unit.id),
        (child) => child,
      );
      return { Children: items.map((Id) => ({ Id, Type: type })), ...end };
    }),
});
