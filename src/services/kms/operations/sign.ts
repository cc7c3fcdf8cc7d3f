import { aliasName, currentMaterial, refuseMessageType, refuseSealing, refuseUnlessSigns } from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";
import { signingRequest, signingValues } from "../signing.js";

const action = "kms:Sign";

export const sign = operation("Sign", {
  readOnly: true,
  target: (ctx, input, kms) => {
    refuseMessageType(signingRequest(input));
    return cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens);
  },
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, { action, requestAlias: aliasName(input.KeyId), values: signingValues(input) }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    const { messageType, message } = signingRequest(input);
    const algorithm = refuseUnlessSigns(loaded, "Sign", signingRequest(input));
    refuseDryRun(input.DryRun);
    const signing = kms.keyStore.sign(currentMaterial(loaded), algorithm, messageType, message);
    const Signature = await signing.catch(refuseSealing);
    used(kms, ctx, loaded, "Sign");
    return { KeyId: loaded.key.arn, Signature, SigningAlgorithm: algorithm };
  },
  audit: { request: (input) => parameters(input, { MessageType: "RAW" }) },
});
