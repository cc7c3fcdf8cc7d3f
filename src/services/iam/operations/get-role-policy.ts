import { aboutRole } from "../entities.js";
import { getInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const getRolePolicy = operation("GetRolePolicy", {
  ...aboutRole("iam:GetRolePolicy"),
  run: async (ctx, input, ok, ports) => ({
    RoleName: ok.target.found?.name ?? ok.target.name,
    ...(await getInlinePolicy(ctx, input, ok, ports)),
  }),
});
