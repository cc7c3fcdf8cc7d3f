import { AwsError } from "../../../base/index.js";
import { getStoredKey, shownPolicy } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GetKeyPolicy";

export const getKeyPolicy = operation("GetKeyPolicy", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (_ctx, input, ok, kms) => {
    const { PolicyName = "default" } = input;
    if (PolicyName !== "default") throw new AwsError("NotFoundException", "No such policy exists");
    const stored = await kms.database.read((tx) => getStoredKey(tx, ok.target.key));
    return { Policy: await shownPolicy(stored, kms.resolvePrincipal), PolicyName };
  },
  audit: ASKED,
});
