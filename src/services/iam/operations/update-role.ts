import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";

/** What the request leaves out stays as it is. */
export const updateRole = operation("UpdateRole", {
  ...aboutRole("iam:UpdateRole"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      const description = input.Description ?? role.description;
      await directory.updateRole(tx, {
        ...role,
        ...(description === undefined ? {} : { description }),
        maxSessionSeconds: input.MaxSessionDuration ?? role.maxSessionSeconds,
      });
      return {};
    }),
});
