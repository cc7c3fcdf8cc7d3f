import { directory } from "../../../identity/index.js";
import { aboutGroup, change } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

/** Succeeds when the user is no member: IAM does. */
export const removeUserFromGroup = operation("RemoveUserFromGroup", {
  ...aboutGroup("iam:RemoveUserFromGroup"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, group) => {
      const user = await directory.user(tx, group.account, input.UserName);
      if (user === undefined) throw noSuchEntity(`The user with name ${input.UserName} cannot be found.`);
      await directory.removeFromGroup(tx, group.id, user.id);
      return {};
    }),
});
