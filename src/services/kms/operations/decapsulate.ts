import { aliasName, currentMaterial, refuseOpening, refuseUnlessFit } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Decapsulate";

/** A ciphertext of the right length always opens: what is wrong with it shows in a secret that nobody else has. */
export const decapsulate = operation("Decapsulate", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) => askKey(kms, ctx, loaded, { action, requestAlias: aliasName(input.KeyId) }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    const { EncapsulationAlgorithm, SharedSecretCiphertextBlob } = input;
    refuseUnlessFit(loaded, "Decapsulate", "ENCAPSULATE_DECAPSULATE", EncapsulationAlgorithm);
    refuseDryRun(input.DryRun);
    const opening = kms.keyStore.decapsulate(currentMaterial(loaded), SharedSecretCiphertextBlob);
    const SharedSecret = await opening.catch(refuseOpening);
    used(kms, ctx, loaded, "Decapsulate");
    return { KeyId: loaded.key.arn, SharedSecret, EncapsulationAlgorithm };
  },
  audit: ASKED,
});
