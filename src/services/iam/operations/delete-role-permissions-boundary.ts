import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";
import { refuseProtected } from "../protected-roles.js";

export const deleteRolePermissionsBoundary = operation("DeleteRolePermissionsBoundary", {
  ...aboutRole("iam:DeleteRolePermissionsBoundary"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      refuseProtected(role);
      const { boundaryArn, ...unbounded } = role;
      if (boundaryArn === undefined) throw noSuchEntity(`The role with name ${role.name} has no permissions boundary.`);
      await directory.updateRole(tx, unbounded);
      return {};
    }),
});
