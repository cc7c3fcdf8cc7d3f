import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";
import { briefRole } from "../shown.js";

export const updateRoleDescription = operation("UpdateRoleDescription", {
  ...aboutRole("iam:UpdateRoleDescription"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      await directory.updateRole(tx, { ...role, description: input.Description });
      return { Role: { ...(await briefRole(tx, role)), Description: input.Description } };
    }),
});
