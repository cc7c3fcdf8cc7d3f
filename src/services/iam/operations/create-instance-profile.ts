import { globalArn } from "../../../base/index.js";
import { type InstanceProfile, instanceProfiles, wholeSeconds } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { shownInstanceProfile } from "../instance-profiles.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { parseTags, requestTagValues } from "../tags.js";
import { responseElements } from "../trail.js";

export const createInstanceProfile = operation("CreateInstanceProfile", {
  checks: (ctx, input) => {
    const { Path = "/", InstanceProfileName } = input;
    const arn = globalArn("iam", ctx.caller.account, `instance-profile${Path}${InstanceProfileName}`);
    const values = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateInstanceProfile", arn, values);
    return values.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagInstanceProfile", arn, values)];
  },

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const tags = parseTags(input.Tags, "keep-case");
    return ctx.commit(database, async (tx) => {
      const most = QUOTAS.InstanceProfilesPerAccount;
      if ((await instanceProfiles.count(tx, account)) >= most) throw exceeds("InstanceProfilesPerAccount", most);
      const profile: InstanceProfile = {
        account,
        name: input.InstanceProfileName,
        path: input.Path ?? "/",
        ownerId: "",
        id: ctx.ids.unique("AIPA"),
        createdMs: wholeSeconds(ctx.time).getTime(),
        tags,
      };
      await unlessTaken(`Instance Profile ${profile.name} already exists.`, instanceProfiles.insert(tx, profile));
      return { InstanceProfile: await shownInstanceProfile(tx, profile) };
    });
  },

  audit: { response: responseElements },
});
