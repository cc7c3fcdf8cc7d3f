import { aboutRole, read } from "../entities.js";
import { operation } from "../ports.js";
import { roleLastUsed, shownRole } from "../shown.js";

export const getRole = operation("GetRole", {
  ...aboutRole("iam:GetRole"),
  run: (_ctx, _input, ok, ports) =>
    read(ports, ok, async (tx, role) => ({
      Role: { ...(await shownRole(tx, role)), RoleLastUsed: await roleLastUsed(tx, ports, role) },
    })),
});
