import { directory } from "../../../identity/index.js";
import { aboutGroup, change } from "../entities.js";
import { exceeds, noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";

export const addUserToGroup = operation("AddUserToGroup", {
  ...aboutGroup("iam:AddUserToGroup"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, group) => {
      const user = await directory.user(tx, group.account, input.UserName);
      if (user === undefined) throw noSuchEntity(`The user with name ${input.UserName} cannot be found.`);
      const groups = await directory.groupsOf(tx, user.id);
      if (groups.some(({ id }) => id === group.id)) return {};
      if (groups.length >= QUOTAS.GroupsPerUser) throw exceeds("GroupsPerUser", QUOTAS.GroupsPerUser);
      await directory.addToGroup(tx, group.id, user.id);
      return {};
    }),
});
