import { hashPassword, type LoginProfile, loginProfiles, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change, existing } from "../entities.js";
import { validationError } from "../errors.js";
import { unlessTaken } from "../names.js";
import { checkPassword, policyOf, shownProfile } from "../passwords.js";
import { operation } from "../ports.js";
import { responseElements } from "../trail.js";

/** The password is hashed before the unit of work begins: nothing else is ever written of it. */
export const createLoginProfile = operation("CreateLoginProfile", {
  ...aboutUser("iam:CreateLoginProfile"),
  run: async (ctx, input, ok, ports) => {
    const { account } = existing(ok.target);
    const { Password: password } = input;
    if (password === undefined) throw validationError("Must specify password.");
    checkPassword(await ports.database.read((tx) => policyOf(tx, account)), password);
    const hash = await hashPassword(password);
    return change(ctx, ports, ok, async (tx, user) => {
      const nowMs = wholeSeconds(ctx.time).getTime();
      const profile: LoginProfile = {
        account: user.account,
        name: user.id,
        path: "/",
        ownerId: user.id,
        createdMs: nowMs,
        changedMs: nowMs,
        mustReset: input.PasswordResetRequired ?? false,
        hash,
        earlier: [],
      };
      await unlessTaken(`Login Profile for user ${user.name} already exists.`, loginProfiles.insert(tx, profile));
      return { LoginProfile: shownProfile(user, profile) };
    });
  },
  audit: {
    request: ({ UserName, PasswordResetRequired }) => ({
      userName: UserName,
      passwordResetRequired: PasswordResetRequired ?? false,
    }),
    response: responseElements,
  },
});
