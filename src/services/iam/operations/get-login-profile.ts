import { aboutUser, existing } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

/** Nobody signs in with a password here: no user has a login profile. */
export const getLoginProfile = operation("GetLoginProfile", {
  ...aboutUser("iam:GetLoginProfile"),
  run: async (_ctx, _input, ok) => {
    throw noSuchEntity(`Login Profile for User ${existing(ok.target).name} cannot be found.`);
  },
});
