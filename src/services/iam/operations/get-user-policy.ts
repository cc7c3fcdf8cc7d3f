import { aboutUser } from "../entities.js";
import { getInlinePolicy } from "../holders.js";
import { operation } from "../ports.js";

export const getUserPolicy = operation("GetUserPolicy", {
  ...aboutUser("iam:GetUserPolicy"),
  run: async (ctx, input, ok, ports) => ({
    UserName: ok.target.found?.name ?? ok.target.name,
    ...(await getInlinePolicy(ctx, input, ok, ports)),
  }),
});
