import { treeStore } from "../../../identity/index.js";
import { page } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showAccount } from "../shown.js";

export const listAccounts = operation("ListAccounts", {
  ...about("ListAccounts"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { items, end } = await page(
        `ListAccounts ${organization.id}`,
        input,
        (after, limit) => treeStore.members(tx, organization.id, after, limit),
        (member) => member.account,
      );
      const Accounts = await Promise.all(items.map((member) => showAccount(tx, organization, member)));
      return { Accounts, ...end };
    }),
});
