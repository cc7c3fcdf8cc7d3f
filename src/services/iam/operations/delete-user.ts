import {
  directory,
  loginProfiles,
  mfaDevices,
  serviceCredentials,
  signingCertificates,
  sshPublicKeys,
} from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { deleteConflict } from "../errors.js";
import { refuseWhileHolding } from "../holders.js";
import { operation } from "../ports.js";

export const deleteUser = operation("DeleteUser", {
  ...aboutUser("iam:DeleteUser"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      await refuseWhileHolding(tx, "user", user);
      if ((await directory.accessKeys(tx, user.account, user.id)).length > 0)
        throw deleteConflict("Cannot delete entity, must delete access keys first.");
      if ((await directory.groupsOf(tx, user.id)).length > 0)
        throw deleteConflict("Cannot delete entity, must remove users from group first.");
      if ((await loginProfiles.of(tx, user.id)).length > 0)
        throw deleteConflict("Cannot delete entity, must delete login profile first.");
      if ((await mfaDevices.of(tx, user.id)).length > 0)
        throw deleteConflict("Cannot delete entity, must deactivate MFA devices first.");
      for (const items of [sshPublicKeys, signingCertificates, serviceCredentials])
        if ((await items.of(tx, user.id)).length > 0)
          throw deleteConflict("Cannot delete entity, must remove referenced objects first.");
      await directory.deleteUser(tx, user.id);
      return {};
    }),
});
