import { aboutPolicy, existingPolicy, showPolicy, showPolicyDetails } from "../policies.js";
import { operation } from "../ports.js";

export const getPolicy = operation("GetPolicy", {
  ...aboutPolicy("iam:GetPolicy"),
  run: (ctx, _input, ok, { database }) => {
    const policy = existingPolicy(ok.target);
    return database.read(async (tx) => ({
      Policy: { ...(await showPolicy(tx, ctx.caller.account, policy)), ...showPolicyDetails(policy) },
    }));
  },
});
