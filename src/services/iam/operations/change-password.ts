import { AwsError } from "../../../base/index.js";
import { isPassword, loginProfiles, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change, read } from "../entities.js";
import { accessDenied } from "../errors.js";
import {
  checkPassword,
  isExpired,
  noSuchProfile,
  policyOf,
  profileOf,
  refuseReuse,
  withPassword,
} from "../passwords.js";
import { operation } from "../ports.js";

const own = aboutUser<Readonly<Record<never, never>>>("iam:ChangePassword");

export const changePassword = operation("ChangePassword", {
  target: (ctx, _input, ports) => {
    if (ctx.caller.principal.kind !== "user")
      throw new AwsError("InvalidUserType", "Only IAM Users can change their own password.", { status: 400 });
    return own.target(ctx, {}, ports);
  },
  checks: (ctx, _input, target) => own.checks(ctx, {}, target),
  run: async (ctx, input, ok, ports) => {
    const { profile, policy } = await read(ports, ok, async (tx, user) => ({
      profile: await profileOf(tx, user),
      policy: await policyOf(tx, user.account),
    }));
    const nowMs = wholeSeconds(ctx.time).getTime();
    if (policy?.hardExpiry && isExpired(policy, profile, nowMs))
      throw accessDenied("The password has expired and must be reset by an administrator.");
    if (!(await isPassword(profile.hash, input.OldPassword))) throw accessDenied("The old password was incorrect.");
    checkPassword(policy, input.NewPassword);
    await refuseReuse(policy, profile, input.NewPassword);
    const next = await withPassword(profile, input.NewPassword, nowMs);
    return change(ctx, ports, ok, async (tx, user) => {
      if ((await profileOf(tx, user)).hash !== profile.hash) throw noSuchProfile(user);
      await loginProfiles.update(tx, { ...next, mustReset: false });
      return {};
    });
  },
  audit: { request: () => null },
});
