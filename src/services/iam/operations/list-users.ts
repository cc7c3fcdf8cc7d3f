import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { listedUser } from "../shown.js";

export const listUsers = operation("ListUsers", {
  checks: (ctx, input) => [
    checkOn(ctx, "iam:ListUsers", globalArn("iam", ctx.caller.account, `user${input.PathPrefix ?? "/"}`)),
  ],
  run: async (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const scope = `users:${account}`;
    const { after, limit } = pageStart(scope, input);
    const slice = { account, pathPrefix: input.PathPrefix ?? "/", after, limit: limit + 1 };
    const rows = await database.read((tx) => directory.users(tx, slice));
    const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
    return { Users: items.map(listedUser), ...end };
  },
});
