import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { refuseWhileHolding } from "../holders.js";
import { operation } from "../ports.js";

/** Its sessions end with it. */
export const deleteRole = operation("DeleteRole", {
  ...aboutRole("iam:DeleteRole"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      await refuseWhileHolding(tx, "role", role);
      await directory.deleteRole(tx, role.id);
      return {};
    }),
});
