import { globalArn } from "../../../base/index.js";
import { directory, type User, wholeSeconds } from "../../../identity/index.js";
import { boundaryValues, checkBoundary } from "../boundary.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { shownUser } from "../shown.js";
import { parseTags, requestTagValues } from "../tags.js";
import { responseElements } from "../trail.js";

export const createUser = operation("CreateUser", {
  checks: (ctx, input) => {
    const arn = globalArn("iam", ctx.caller.account, `user${input.Path ?? "/"}${input.UserName}`);
    const tagValues = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateUser", arn, [...boundaryValues(input.PermissionsBoundary), ...tagValues]);
    return tagValues.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagUser", arn, tagValues)];
  },

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const tags = parseTags(input.Tags, "ignore-case");
    return ctx.commit(database, async (tx) => {
      await checkBoundary(tx, account, input.PermissionsBoundary);
      const { users } = await directory.counts(tx, account);
      if (users >= QUOTAS.UsersPerAccount) throw exceeds("UsersPerAccount", QUOTAS.UsersPerAccount);
      const path = input.Path ?? "/";
      const user: User = {
        account,
        id: ctx.ids.unique("AIDA"),
        name: input.UserName,
        path,
        arn: globalArn("iam", account, `user${path}${input.UserName}`),
        createdAt: wholeSeconds(ctx.time),
        tags,
        ...(input.PermissionsBoundary === undefined ? {} : { boundaryArn: input.PermissionsBoundary }),
      };
      await unlessTaken(`User with name ${user.name} already exists.`, directory.insertUser(tx, user));
      return { User: shownUser(user) };
    });
  },

  audit: { response: responseElements },
});
