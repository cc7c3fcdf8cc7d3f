import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { aboutUser, change, checkOn } from "../entities.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";

const one = aboutUser<{ readonly UserName: string }>("iam:UpdateUser");

/** A new name or path is a new ARN: whoever renames must be allowed at both. The unique id stays. */
export const updateUser = operation("UpdateUser", {
  target: one.target,
  checks: (ctx, input, target) => {
    const path = input.NewPath ?? target.found?.path ?? "/";
    const arn = globalArn("iam", ctx.caller.account, `user${path}${input.NewUserName ?? target.name}`);
    return [...one.checks(ctx, input, target), checkOn(ctx, "iam:UpdateUser", arn)];
  },
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      const renamed = { ...user, name: input.NewUserName ?? user.name, path: input.NewPath ?? user.path };
      await unlessTaken(`User with name ${renamed.name} already exists.`, directory.updateUser(tx, renamed));
      return {};
    }),
});
