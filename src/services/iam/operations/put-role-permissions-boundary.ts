import { directory } from "../../../identity/index.js";
import { boundaryValues, checkBoundary } from "../boundary.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";
import { refuseProtected } from "../protected-roles.js";

export const putRolePermissionsBoundary = operation("PutRolePermissionsBoundary", {
  ...aboutRole(
    "iam:PutRolePermissionsBoundary",
    (input: { readonly RoleName: string; readonly PermissionsBoundary: string }) =>
      boundaryValues(input.PermissionsBoundary),
  ),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      refuseProtected(role);
      await checkBoundary(tx, role.account, input.PermissionsBoundary);
      await directory.updateRole(tx, { ...role, boundaryArn: input.PermissionsBoundary });
      return {};
    }),
});
