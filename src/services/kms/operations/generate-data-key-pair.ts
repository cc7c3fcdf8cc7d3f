import {
  aliasName,
  contextBytes,
  currentMaterial,
  pairValues,
  refuseSealing,
  refuseUnlessWrapsPairs,
} from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, refuseRecipient, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GenerateDataKeyPair";

export const generateDataKeyPair = operation("GenerateDataKeyPair", {
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
    refuseRecipient(input.Recipient, "UnsupportedOperationException");
    const spec = refuseUnlessWrapsPairs(loaded, "GenerateDataKeyPair", input.KeyPairSpec);
    const context = contextBytes(input.EncryptionContext);
    refuseDryRun(input.DryRun);
    const material = currentMaterial(loaded);
    const made = await kms.keyStore.generateDataKeyPair(material, spec, context).catch(refuseSealing);
    used(kms, ctx, loaded, "GenerateDataKeyPair", material.id);
    // The answer owns a copy, so that the secret can be wiped here.
    const PrivateKeyPlaintext = made.privateKey.use((lent) => Buffer.from(lent));
    made.privateKey.wipe();
    return {
      PrivateKeyCiphertextBlob: made.blob,
      PrivateKeyPlaintext,
      PublicKey: made.publicKey,
      KeyId: loaded.key.arn,
      KeyPairSpec: spec,
      KeyMaterialId: material.id,
    };
  },
  audit: ASKED,
});
