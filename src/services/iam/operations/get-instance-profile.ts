import { aboutInstanceProfile, shownInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { existingThing } from "../things.js";

export const getInstanceProfile = operation("GetInstanceProfile", {
  ...aboutInstanceProfile("iam:GetInstanceProfile"),
  run: (_ctx, _input, ok, { database }) =>
    database.read(async (tx) => ({ InstanceProfile: await shownInstanceProfile(tx, existingThing(ok.target)) })),
});
