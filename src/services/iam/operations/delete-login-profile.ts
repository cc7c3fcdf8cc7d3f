import { loginProfiles } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { profileOf } from "../passwords.js";
import { operation } from "../ports.js";

export const deleteLoginProfile = operation("DeleteLoginProfile", {
  ...aboutUser("iam:DeleteLoginProfile"),
  run: (ctx, _input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      const profile = await profileOf(tx, user);
      await loginProfiles.delete(tx, profile.account, profile.name);
      return {};
    }),
});
