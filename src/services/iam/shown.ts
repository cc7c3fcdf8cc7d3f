import { type Group, type Role, shownTrustPolicy, type User } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { showBoundary } from "./boundary.js";
import { encodeDocument } from "./documents.js";
import type { IamPorts } from "./ports.js";
import { someTags } from "./tags.js";

/** A user as lists show it; GetUser and CreateUser add to it. */
export const listedUser = (user: User) => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: user.createdAt,
});

export const shownUser = (user: User) => ({
  ...listedUser(user),
  ...showBoundary(user.boundaryArn),
  ...someTags(user.tags),
});

export const shownGroup = (group: Group) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: group.arn,
  CreateDate: group.createdAt,
});

/** What every answer about a role has. */
export const briefRole = async (tx: ReadTx, role: Role) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encodeDocument(await shownTrustPolicy(tx, role)),
});

export const listedRole = async (tx: ReadTx, role: Role) => ({
  ...(await briefRole(tx, role)),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSessionSeconds,
});

export const shownRole = async (tx: ReadTx, role: Role) => ({
  ...(await listedRole(tx, role)),
  ...showBoundary(role.boundaryArn),
  ...someTags(role.tags),
});

/** Empty for a role that was never used. */
export async function roleLastUsed(tx: ReadTx, { uses }: IamPorts, role: Role) {
  const use = await uses.find(tx, role.id);
  return use === undefined ? {} : { LastUsedDate: new Date(use.atMs), Region: use.region };
}
