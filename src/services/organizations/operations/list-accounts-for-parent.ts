import { treeStore } from "../../../identity/index.js";
import { nodeArn } from "../arns.js";
import { page } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showAccount } from "../shown.js";
import { parentOf } from "../tree.js";

export const listAccountsForParent = operation("ListAccountsForParent", {
  ...about("ListAccountsForParent", (organization, input: { ParentId: string }) => [
    nodeArn(organization, input.ParentId),
  ]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { id } = await parentOf(tx, organization, input.ParentId);
      const { items, end } = await page(
        `ListAccountsForParent ${id}`,
        input,
        (after, limit) => treeStore.membersIn(tx, id, after, limit),
        (member) => member.account,
      );
      const Accounts = await Promise.all(items.map((member) => showAccount(tx, organization, member)));
      return { Accounts, ...end };
    }),
});
