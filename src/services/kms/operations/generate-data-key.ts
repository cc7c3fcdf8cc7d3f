import {
  algorithmValues,
  aliasName,
  dataKeyBytes,
  dataKeyUnder,
  materialName,
  refuseUnlessSymmetric,
} from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, refuseRecipient, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GenerateDataKey";

export const generateDataKey = operation("GenerateDataKey", {
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
    refuseRecipient(input.Recipient);
    refuseUnlessSymmetric(loaded, "GenerateDataKey");
    refuseDryRun(input.DryRun, input.EncryptionContext);
    const bytes = dataKeyBytes(input.KeySpec, input.NumberOfBytes);
    const use = { call: ctx, loaded, operation: "GenerateDataKey", context: input.EncryptionContext };
    const { plaintext, blob } = await dataKeyUnder(kms, use, bytes);
    const KeyMaterialId = materialName(loaded);
    used(kms, ctx, loaded, "GenerateDataKey", KeyMaterialId);
    // The answer owns a copy, so that the secret can be wiped here.
    const Plaintext = plaintext.use((lent) => Buffer.from(lent));
    plaintext.wipe();
    return {
      CiphertextBlob: blob,
      Plaintext,
      KeyId: loaded.key.arn,
      ...(KeyMaterialId === undefined ? {} : { KeyMaterialId }),
    };
  },
  audit: ASKED,
});
