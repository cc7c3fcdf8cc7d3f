import { globalArn } from "../../../base/index.js";
import { instanceProfiles } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { shownInstanceProfile } from "../instance-profiles.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";

export const listInstanceProfiles = operation("ListInstanceProfiles", {
  checks: (ctx, input) => [
    checkOn(
      ctx,
      "iam:ListInstanceProfiles",
      globalArn("iam", ctx.caller.account, `instance-profile${input.PathPrefix ?? "/"}`),
    ),
  ],
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const scope = `instance-profiles:${account}`;
      const { after, limit } = pageStart(scope, input);
      const slice = { account, pathPrefix: input.PathPrefix ?? "/", after, limit: limit + 1 };
      const rows = await instanceProfiles.list(tx, slice);
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      const shown = [];
      for (const profile of items) {
        // Lists leave the tags out.
        const { Tags: _tags, ...rest } = await shownInstanceProfile(tx, profile);
        shown.push(rest);
      }
      return { InstanceProfiles: shown, ...end };
    }),
});
