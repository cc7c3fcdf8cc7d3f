import { instanceProfiles } from "../../../identity/index.js";
import { deleteConflict } from "../errors.js";
import { aboutInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { changeThing } from "../things.js";

export const deleteInstanceProfile = operation("DeleteInstanceProfile", {
  ...aboutInstanceProfile("iam:DeleteInstanceProfile"),
  run: (ctx, _input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, profile) => {
      if (profile.ownerId !== "")
        throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      await instanceProfiles.delete(tx, profile.account, profile.name);
      return {};
    }),
});
