import { aliasName, currentMaterial, refuseBadPeer, refuseSealing, refuseUnlessFit } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, refuseRecipient, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:DeriveSharedSecret";

/** The raw secret: what to derive from it is the caller's to say. */
export const deriveSharedSecret = operation("DeriveSharedSecret", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      requestAlias: aliasName(input.KeyId),
      values: new Map([["kms:keyagreementalgorithm", input.KeyAgreementAlgorithm]]),
    }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    refuseRecipient(input.Recipient);
    const { KeyAgreementAlgorithm } = input;
    refuseUnlessFit(loaded, "DeriveSharedSecret", "KEY_AGREEMENT", KeyAgreementAlgorithm);
    refuseBadPeer(loaded, input.PublicKey);
    refuseDryRun(input.DryRun);
    const SharedSecret = await kms.keyStore.agree(currentMaterial(loaded), input.PublicKey).catch(refuseSealing);
    used(kms, ctx, loaded, "DeriveSharedSecret");
    return { KeyId: loaded.key.arn, SharedSecret, KeyAgreementAlgorithm, KeyOrigin: loaded.key.origin };
  },
  audit: ASKED,
});
