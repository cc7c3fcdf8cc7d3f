import { aboutGroup } from "../entities.js";
import { getInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const getGroupPolicy = operation("GetGroupPolicy", {
  ...aboutGroup("iam:GetGroupPolicy"),
  run: async (ctx, input, ok, ports) => ({
    GroupName: ok.target.found?.name ?? ok.target.name,
    ...(await getInlinePolicy(ctx, input, ok, ports)),
  }),
});
