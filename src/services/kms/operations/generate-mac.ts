import { aliasName, currentMaterial, refuseSealing, refuseUnlessFit } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GenerateMac";

export const generateMac = operation("GenerateMac", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      requestAlias: aliasName(input.KeyId),
      values: new Map([["kms:macalgorithm", input.MacAlgorithm]]),
    }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    const { MacAlgorithm } = input;
    refuseUnlessFit(loaded, "GenerateMac", "GENERATE_VERIFY_MAC", MacAlgorithm);
    refuseDryRun(input.DryRun);
    const Mac = await kms.keyStore.mac(currentMaterial(loaded), MacAlgorithm, input.Message).catch(refuseSealing);
    used(kms, ctx, loaded, "GenerateMac");
    return { KeyId: loaded.key.arn, Mac, MacAlgorithm };
  },
  audit: ASKED,
});
