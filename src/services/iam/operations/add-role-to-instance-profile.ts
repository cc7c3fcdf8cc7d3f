import { type Check, directory, instanceProfiles, type Role } from "../../../identity/index.js";
import { checkOn, ownValues } from "../entities.js";
import { exceeds, noSuchEntity } from "../errors.js";
import { aboutInstanceProfile, INSTANCE_PROFILES } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { refuseProtected } from "../protected-roles.js";
import { QUOTAS } from "../quotas.js";
import { changeThing, findThing } from "../things.js";

const one = aboutInstanceProfile<{ readonly InstanceProfileName: string }>("iam:AddRoleToInstanceProfile");

/** Whoever hands a role to machines must be allowed to pass it on. */
export const addRoleToInstanceProfile = operation("AddRoleToInstanceProfile", {
  target: (ctx, input, { database }) =>
    database.read(async (tx) => ({
      profile: await findThing(tx, INSTANCE_PROFILES, ctx.caller.account, input.InstanceProfileName),
      role: await directory.role(tx, ctx.caller.account, input.RoleName),
    })),

  checks: (ctx, _input, { profile, role }): readonly Check[] => [
    ...one.checks(ctx, { InstanceProfileName: profile.name }, profile),
    ...(role === undefined ? [] : [passing(ctx, role)]),
  ],

  run: (ctx, input, ok, ports) =>
    changeThing(ctx, ports, { ...ok, target: ok.target.profile }, async (tx, profile) => {
      const role = await directory.role(tx, profile.account, input.RoleName);
      if (role === undefined || role.id !== ok.target.role?.id)
        throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
      refuseProtected(role);
      const most = QUOTAS.InstanceSessionsPerInstanceProfile;
      if (profile.ownerId !== "") throw exceeds("InstanceSessionsPerInstanceProfile", most);
      await instanceProfiles.update(tx, { ...profile, ownerId: role.id });
      return {};
    }),
});

const passing = (ctx: Parameters<typeof checkOn>[0], role: Role) =>
  checkOn(ctx, "iam:PassRole", role.arn, [...ownValues(role), ["iam:passedtoservice", "ec2.amazonaws.com"]]);
