import { AwsError } from "../../../base/index.js";
import { aliasName, currentMaterial, refuseSealing, refuseUnlessFit } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:VerifyMac";

export const verifyMac = operation("VerifyMac", {
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
    const { MacAlgorithm, Message, Mac } = input;
    refuseUnlessFit(loaded, "VerifyMac", "GENERATE_VERIFY_MAC", MacAlgorithm);
    refuseDryRun(input.DryRun);
    const verifying = kms.keyStore.verifyMac(currentMaterial(loaded), MacAlgorithm, Message, Mac);
    const isValid = await verifying.catch(refuseSealing);
    // There is no answer that says no, and the refusal has no message (kms O-24, W-8).
    if (!isValid) throw new AwsError("KMSInvalidMacException");
    used(kms, ctx, loaded, "VerifyMac");
    return { KeyId: loaded.key.arn, MacValid: true, MacAlgorithm };
  },
  audit: ASKED,
});
