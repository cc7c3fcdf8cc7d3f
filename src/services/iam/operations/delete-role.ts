import { directory, instanceProfiles } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { deleteConflict } from "../errors.js";
import { refuseWhileHolding } from "../holders.js";
import { operation } from "../ports.js";
import { refuseProtected } from "../protected-roles.js";

/** Its sessions end with it. */
export const deleteRole = operation("DeleteRole", {
  ...aboutRole("iam:DeleteRole"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      refuseProtected(role);
      if ((await instanceProfiles.of(tx, role.id)).length > 0)
        throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      await refuseWhileHolding(tx, "role", role);
      await directory.deleteRole(tx, role.id);
      return {};
    }),
});
