import { addDays } from "../../../base/index.js";
import { keyStoreRefusal, parseWrapping, refuseUnlessWrappable } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GetParametersForImport";

/** Nothing is kept: the token itself holds the private wrapping key, sealed and bound to the key (kms I-1). */
export const getParametersForImport = operation("GetParametersForImport", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, input, loaded, kms) => {
    const values = new Map([
      ["kms:wrappingalgorithm", input.WrappingAlgorithm],
      ["kms:wrappingkeyspec", input.WrappingKeySpec],
    ]);
    return askKey(kms, ctx, loaded, { action, values });
  },
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    refuseUnlessWrappable(key);
    const wrapping = parseWrapping(key, input.WrappingAlgorithm, input.WrappingKeySpec);
    const owner = { account: key.account, region: key.region, keyId: key.id };
    const ParametersValidTo = addDays(ctx.clock.now(), 1);
    const { publicKey, token } = await kms.keyStore
      .importParameters(owner, wrapping, ParametersValidTo)
      .catch(keyStoreRefusal);
    return { KeyId: key.arn, ImportToken: token, PublicKey: publicKey, ParametersValidTo };
  },
  audit: ASKED,
});
