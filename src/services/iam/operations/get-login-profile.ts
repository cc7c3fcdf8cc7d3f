import { aboutUser, read } from "../entities.js";
import { profileOf, shownProfile } from "../passwords.js";
import { operation } from "../ports.js";

export const getLoginProfile = operation("GetLoginProfile", {
  ...aboutUser("iam:GetLoginProfile"),
  run: (_ctx, _input, ok, ports) =>
    read(ports, ok, async (tx, user) => ({ LoginProfile: shownProfile(user, await profileOf(tx, user)) })),
});
