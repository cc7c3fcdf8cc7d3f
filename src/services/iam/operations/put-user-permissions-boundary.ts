import { directory } from "../../../identity/index.js";
import { boundaryValues, checkBoundary } from "../boundary.js";
import { aboutUser, change } from "../entities.js";
import { operation } from "../ports.js";

export const putUserPermissionsBoundary = operation("PutUserPermissionsBoundary", {
  ...aboutUser(
    "iam:PutUserPermissionsBoundary",
    (input: { readonly UserName: string; readonly PermissionsBoundary: string }) =>
      boundaryValues(input.PermissionsBoundary),
  ),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      await checkBoundary(tx, user.account, input.PermissionsBoundary);
      await directory.updateUser(tx, { ...user, boundaryArn: input.PermissionsBoundary });
      return {};
    }),
});
