import { needs } from "../../../base/index.js";
import { encapsulate as encapsulateFor, isMlKem } from "../../../crypto/index.js";
import { aliasName, publicHalf, refuseUnlessFit } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Encapsulate";

export const encapsulate = operation("Encapsulate", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) => askKey(kms, ctx, loaded, { action, requestAlias: aliasName(input.KeyId) }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    const { EncapsulationAlgorithm } = input;
    refuseUnlessFit(loaded, "Encapsulate", "ENCAPSULATE_DECAPSULATE", EncapsulationAlgorithm);
    refuseDryRun(input.DryRun);
    const { spec, publicKey } = publicHalf(loaded);
    needs(isMlKem(spec), "keys that encapsulate are ML-KEM's");
    const { sharedSecret, ciphertext } = await encapsulateFor(spec, publicKey);
    used(kms, ctx, loaded, "Encapsulate");
    // The answer owns a copy, so that the secret can be wiped here.
    const SharedSecret = sharedSecret.use((lent) => Buffer.from(lent));
    sharedSecret.wipe();
    return {
      KeyId: loaded.key.arn,
      SharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm,
    };
  },
  audit: ASKED,
});
