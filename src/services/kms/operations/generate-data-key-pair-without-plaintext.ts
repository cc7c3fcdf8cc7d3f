import {
  aliasName,
  contextBytes,
  currentMaterial,
  pairValues,
  refuseSealing,
  refuseUnlessWrapsPairs,
} from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GenerateDataKeyPairWithoutPlaintext";

/** For whoever hands out public keys before anybody needs the private one, which never leaves the key store. */
export const generateDataKeyPairWithoutPlaintext = operation("GenerateDataKeyPairWithoutPlaintext", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      encryptionContext: input.EncryptionContext,
      requestAlias: aliasName(input.KeyId),
      values: pairValues(input.KeyPairSpec),
    }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    const spec = refuseUnlessWrapsPairs(loaded, "GenerateDataKeyPairWithoutPlaintext", input.KeyPairSpec);
    const context = contextBytes(input.EncryptionContext);
    refuseDryRun(input.DryRun);
    const material = currentMaterial(loaded);
    const made = await kms.keyStore.generateDataKeyPairBlob(material, spec, context).catch(refuseSealing);
    used(kms, ctx, loaded, "GenerateDataKeyPairWithoutPlaintext", material.id);
    return {
      PrivateKeyCiphertextBlob: made.blob,
      PublicKey: made.publicKey,
      KeyId: loaded.key.arn,
      KeyPairSpec: spec,
      KeyMaterialId: material.id,
    };
  },
  audit: ASKED,
});
