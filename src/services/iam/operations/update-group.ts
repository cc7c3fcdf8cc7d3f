import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { aboutGroup, change, checkOn } from "../entities.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";

const one = aboutGroup<{ readonly GroupName: string }>("iam:UpdateGroup");

/** A new name or path is a new ARN: whoever renames must be allowed at both. */
export const updateGroup = operation("UpdateGroup", {
  target: one.target,
  checks: (ctx, input, target) => {
    const path = input.NewPath ?? target.found?.path ?? "/";
    const arn = globalArn("iam", ctx.caller.account, `group${path}${input.NewGroupName ?? target.name}`);
    return [...one.checks(ctx, input, target), checkOn(ctx, "iam:UpdateGroup", arn)];
  },
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, group) => {
      const renamed = { ...group, name: input.NewGroupName ?? group.name, path: input.NewPath ?? group.path };
      await unlessTaken(`Group with name ${renamed.name} already exists.`, directory.updateGroup(tx, renamed));
      return {};
    }),
});
