import { directory } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

export const deleteUserPermissionsBoundary = operation("DeleteUserPermissionsBoundary", {
  ...aboutUser("iam:DeleteUserPermissionsBoundary"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      const { boundaryArn, ...unbounded } = user;
      if (boundaryArn === undefined) throw noSuchEntity(`The user with name ${user.name} has no permissions boundary.`);
      await directory.updateUser(tx, unbounded);
      return {};
    }),
});
