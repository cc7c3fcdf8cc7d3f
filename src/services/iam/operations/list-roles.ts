import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { listedRole } from "../shown.js";

export const listRoles = operation("ListRoles", {
  checks: (ctx, input) => [
    checkOn(ctx, "iam:ListRoles", globalArn("iam", ctx.caller.account, `role${input.PathPrefix ?? "/"}`)),
  ],
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const scope = `roles:${account}`;
      const { after, limit } = pageStart(scope, input);
      const slice = { account, pathPrefix: input.PathPrefix ?? "/", after, limit: limit + 1 };
      const rows = await directory.roles(tx, slice);
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      const shown = [];
      for (const role of items) shown.push(await listedRole(tx, role));
      return { Roles: shown, ...end };
    }),
});
