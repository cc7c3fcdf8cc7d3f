import { directory, type InstanceProfile, instanceProfiles } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity } from "./errors.js";
import { briefRole } from "./shown.js";
import { showTags } from "./tags.js";
import { aboutThing, arnOf, type ThingKind } from "./things.js";

export const INSTANCE_PROFILES: ThingKind<InstanceProfile> = {
  items: instanceProfiles,
  word: "instance-profile",
  noSuch: (name) => noSuchEntity(`Instance Profile ${name} cannot be found.`),
};

/** `target` and `checks` of an operation on one instance profile. */
export const aboutInstanceProfile = <Input extends { readonly InstanceProfileName: string }>(
  action: string,
  values?: (input: Input) => readonly (readonly [string, string | readonly string[]])[],
) => aboutThing(INSTANCE_PROFILES, action, (input: Input) => input.InstanceProfileName, values);

export async function shownInstanceProfile(tx: ReadTx, profile: InstanceProfile) {
  const role = profile.ownerId === "" ? undefined : await directory.roleById(tx, profile.ownerId);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOf(INSTANCE_PROFILES, profile),
    CreateDate: new Date(profile.createdMs),
    Roles: role === undefined ? [] : [await briefRole(tx, role)],
    Tags: showTags(profile.tags),
  };
}
