import { directory } from "../../../identity/index.js";
import { aboutGroup, change } from "../entities.js";
import { deleteConflict } from "../errors.js";
import { refuseWhileHolding } from "../holders.js";
import { operation } from "../ports.js";

export const deleteGroup = operation("DeleteGroup", {
  ...aboutGroup("iam:DeleteGroup"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, group) => {
      if ((await directory.usersIn(tx, group.id, "", 1)).length > 0)
        throw deleteConflict("Cannot delete entity, must remove users from group first.");
      await refuseWhileHolding(tx, "group", group);
      await directory.deleteGroup(tx, group.id);
      return {};
    }),
});
