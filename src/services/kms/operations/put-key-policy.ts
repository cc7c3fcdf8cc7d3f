import { AwsError } from "../../../base/index.js";
import { checkPolicy, getStoredKey, keyRows, keyValues, refuseLockout } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { bypassValues } from "../bypass.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:PutKeyPolicy";

/** The whole document is replaced. It must stand before any part of the old one goes. */
export const putKeyPolicy = operation("PutKeyPolicy", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, input, loaded, kms) => askKey(kms, ctx, loaded, { action, values: new Map(bypassValues(input)) }),
  run: async (ctx, input, ok, kms) => {
    if ((input.PolicyName ?? "default") !== "default") {
      throw new AwsError("NotFoundException", "No such policy exists");
    }
    const { key, aliases } = ok.target;
    const { text, principals, policy } = await checkPolicy(input.Policy, kms.resolvePrincipal);
    const values = new Map([...keyValues(key, aliases), ...bypassValues(input)]);
    if (input.BypassPolicyLockoutSafetyCheck !== true) refuseLockout(ctx, key, policy, values);
    await ctx.commit(kms.database, async (tx) => {
      const stored = await getStoredKey(tx, key);
      await keyRows.updatePolicy(tx, { ...stored, policy: text, principals });
    });
    return {};
  },
  audit: ASKED,
});
