import { deletionTasks, directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { invalidInput } from "../errors.js";
import { refuseWhileHolding } from "../holders.js";
import { operation } from "../ports.js";
import { SERVICE_ROLE_PATH } from "../protected-roles.js";

/** No service here keeps anything that would need its role: the deletion is done when it is answered. */
export const deleteServiceLinkedRole = operation("DeleteServiceLinkedRole", {
  ...aboutRole("iam:DeleteServiceLinkedRole"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      if (!role.path.startsWith(SERVICE_ROLE_PATH)) throw invalidInput(`${role.name} is not a service-linked role.`);
      await refuseWhileHolding(tx, "role", role);
      await directory.deleteRole(tx, role.id);
      const task = `task${role.path}${role.name}/${ctx.ids.uuid()}`;
      await deletionTasks.insert(tx, { account: role.account, name: task, path: "/", ownerId: "" });
      return { DeletionTaskId: task };
    }),
});
