import { globalArn } from "../../../base/index.js";
import { directory, type Group, wholeSeconds } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { shownGroup } from "../shown.js";
import { responseElements } from "../trail.js";

export const createGroup = operation("CreateGroup", {
  checks: (ctx, input) => [
    checkOn(
      ctx,
      "iam:CreateGroup",
      globalArn("iam", ctx.caller.account, `group${input.Path ?? "/"}${input.GroupName}`),
    ),
  ],

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const { GroupName: name, Path: path = "/" } = input;
    return ctx.commit(database, async (tx) => {
      const { groups } = await directory.counts(tx, account);
      if (groups >= QUOTAS.GroupsPerAccount) throw exceeds("GroupsPerAccount", QUOTAS.GroupsPerAccount);
      const group: Group = {
        account,
        id: ctx.ids.unique("AGPA"),
        name,
        path,
        arn: globalArn("iam", account, `group${path}${name}`),
        createdAt: wholeSeconds(ctx.time),
      };
      await unlessTaken(`Group with name ${name} already exists.`, directory.insertGroup(tx, group));
      return { Group: shownGroup(group) };
    });
  },

  audit: { response: responseElements },
});
