import { directory } from "../../../identity/index.js";
import { aboutGroup, read } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";
import { listedUser, shownGroup } from "../shown.js";

export const getGroup = operation("GetGroup", {
  ...aboutGroup("iam:GetGroup"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, group) => {
      const scope = `members:${group.id}`;
      const { after, limit } = pageStart(scope, input);
      const rows = await directory.usersIn(tx, group.id, after, limit + 1);
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      return { Group: shownGroup(group), Users: items.map(listedUser), ...end };
    }),
});
