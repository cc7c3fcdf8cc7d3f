import { loginProfiles, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change, read } from "../entities.js";
import { checkPassword, noSuchProfile, policyOf, profileOf, refuseReuse, withPassword } from "../passwords.js";
import { operation } from "../ports.js";

export const updateLoginProfile = operation("UpdateLoginProfile", {
  ...aboutUser("iam:UpdateLoginProfile"),
  run: async (ctx, input, ok, ports) => {
    const { Password: password } = input;
    const before = await read(ports, ok, async (tx, user) => ({
      profile: await profileOf(tx, user),
      policy: await policyOf(tx, user.account),
    }));
    let next = before.profile;
    if (password !== undefined) {
      checkPassword(before.policy, password);
      await refuseReuse(before.policy, next, password);
      next = await withPassword(next, password, wholeSeconds(ctx.time).getTime());
    }
    return change(ctx, ports, ok, async (tx, user) => {
      // Hashing took a while: what was made anew in the meantime is not overwritten.
      if ((await profileOf(tx, user)).hash !== before.profile.hash) throw noSuchProfile(user);
      await loginProfiles.update(tx, { ...next, mustReset: input.PasswordResetRequired ?? next.mustReset });
      return {};
    });
  },
  audit: { request: ({ UserName }) => ({ userName: UserName }) },
});
