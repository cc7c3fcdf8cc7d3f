import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { shownGroup } from "../shown.js";

export const listGroups = operation("ListGroups", {
  checks: (ctx, input) => [
    checkOn(ctx, "iam:ListGroups", globalArn("iam", ctx.caller.account, `group${input.PathPrefix ?? "/"}`)),
  ],
  run: async (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const scope = `groups:${account}`;
    const { after, limit } = pageStart(scope, input);
    const slice = { account, pathPrefix: input.PathPrefix ?? "/", after, limit: limit + 1 };
    const rows = await database.read((tx) => directory.groups(tx, slice));
    const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
    return { Groups: items.map(shownGroup), ...end };
  },
});
