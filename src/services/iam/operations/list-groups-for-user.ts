import { directory } from "../../../identity/index.js";
import { aboutUser, read } from "../entities.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { shownGroup } from "../shown.js";

export const listGroupsForUser = operation("ListGroupsForUser", {
  ...aboutUser("iam:ListGroupsForUser"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, user) => {
      const groups = await directory.groupsOf(tx, user.id);
      const { items, end } = pageOfList(`groups-of:${user.id}`, groups, input, ({ name }) => name.toLowerCase());
      return { Groups: items.map(shownGroup), ...end };
    }),
});
