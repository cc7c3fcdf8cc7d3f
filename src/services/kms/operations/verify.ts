import { AwsError } from "../../../base/index.js";
import { verify as isSignature } from "../../../crypto/index.js";
import { aliasName, publicHalf, refuseMessageType, refuseUnlessSigns } from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";
import { signingRequest, signingValues } from "../signing.js";

const action = "kms:Verify";

export const verify = operation("Verify", {
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
    const algorithm = refuseUnlessSigns(loaded, "Verify", signingRequest(input));
    refuseDryRun(input.DryRun);
    const { spec, publicKey } = publicHalf(loaded);
    const isValid = await isSignature(spec, publicKey, algorithm, messageType, message, input.Signature);
    // There is no answer that says no, and the refusal has no message (kms O-24, W-8).
    if (!isValid) throw new AwsError("KMSInvalidSignatureException");
    used(kms, ctx, loaded, "Verify");
    return { KeyId: loaded.key.arn, SignatureValid: true, SigningAlgorithm: algorithm };
  },
  audit: { request: (input) => parameters(input, { MessageType: "RAW" }) },
});
