import {
  algorithmValues,
  aliasName,
  dataKeyBlobUnder,
  dataKeyBytes,
  materialName,
  refuseUnlessSymmetric,
} from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GenerateDataKeyWithoutPlaintext";

/** For whoever stores data keys and lets others use them: the plaintext never leaves the key store. */
export const generateDataKeyWithoutPlaintext = operation("GenerateDataKeyWithoutPlaintext", {
  readOnly: true,
  target: (ctx, input, kms) => {
    dataKeyBytes(input.KeySpec, input.NumberOfBytes);
    return cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens);
  },
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      encryptionContext: input.EncryptionContext,
      requestAlias: aliasName(input.KeyId),
      values: algorithmValues(),
    }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    refuseUnlessSymmetric(loaded, "GenerateDataKeyWithoutPlaintext");
    refuseDryRun(input.DryRun, input.EncryptionContext);
    const bytes = dataKeyBytes(input.KeySpec, input.NumberOfBytes);
    const operation = "GenerateDataKeyWithoutPlaintext";
    const use = { call: ctx, loaded, operation, context: input.EncryptionContext };
    const CiphertextBlob = await dataKeyBlobUnder(kms, use, bytes);
    const KeyMaterialId = materialName(loaded);
    used(kms, ctx, loaded, operation, KeyMaterialId);
    return { CiphertextBlob, KeyId: loaded.key.arn, ...(KeyMaterialId === undefined ? {} : { KeyMaterialId }) };
  },
  audit: ASKED,
});
