import { instanceProfiles } from "../../../identity/index.js";
import { aboutRole, read } from "../entities.js";
import { shownInstanceProfile } from "../instance-profiles.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";

export const listInstanceProfilesForRole = operation("ListInstanceProfilesForRole", {
  ...aboutRole("iam:ListInstanceProfilesForRole"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, role) => {
      const all = await instanceProfiles.of(tx, role.id);
      const { items, end } = pageOfList(`profiles:${role.id}`, all, input, ({ name }) => name.toLowerCase());
      const shown = [];
      for (const profile of items) {
        const { Tags: _tags, ...rest } = await shownInstanceProfile(tx, profile);
        shown.push(rest);
      }
      return { InstanceProfiles: shown, ...end };
    }),
});
