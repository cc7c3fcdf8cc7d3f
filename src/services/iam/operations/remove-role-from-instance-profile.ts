import { directory, instanceProfiles } from "../../../identity/index.js";
import { noSuchEntity } from "../errors.js";
import { aboutInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { changeThing } from "../things.js";

export const removeRoleFromInstanceProfile = operation("RemoveRoleFromInstanceProfile", {
  ...aboutInstanceProfile("iam:RemoveRoleFromInstanceProfile"),
  run: (ctx, input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, profile) => {
      const role = await directory.role(tx, profile.account, input.RoleName);
      if (role === undefined || role.id !== profile.ownerId)
        throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
      await instanceProfiles.update(tx, { ...profile, ownerId: "" });
      return {};
    }),
});
