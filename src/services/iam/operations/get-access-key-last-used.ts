import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { checkOn, ownValues } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

const NEVER = { ServiceName: "N/A", Region: "N/A" };

/** Uses by this process show at once, those by the others when they are written, within minutes. */
export const getAccessKeyLastUsed = operation("GetAccessKeyLastUsed", {
  target: (ctx, input, { database }) =>
    database.read(async (tx) => {
      const key = await directory.accessKey(tx, input.AccessKeyId);
      if (key === undefined || key.account !== ctx.caller.account) return undefined;
      return { key, user: key.userId === undefined ? undefined : await directory.userById(tx, key.userId) };
    }),

  checks: (ctx, _input, target) => {
    const root = globalArn("iam", ctx.caller.account, "root");
    const resource = target === undefined ? "*" : (target.user?.arn ?? root);
    return [checkOn(ctx, "iam:GetAccessKeyLastUsed", resource, ownValues(target?.user))];
  },

  run: (_ctx, input, { target }, { database, uses }) =>
    database.read(async (tx) => {
      if (target === undefined) throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
      const use = await uses.find(tx, target.key.id);
      return {
        ...(target.user === undefined ? {} : { UserName: target.user.name }),
        AccessKeyLastUsed:
          use === undefined
            ? NEVER
            : { LastUsedDate: new Date(use.atMs), ServiceName: use.service, Region: use.region },
      };
    }),
});
