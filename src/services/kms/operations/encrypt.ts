import { algorithmValues, aliasName, materialName, refuseUnlessFit, sealUnder } from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Encrypt";
const algorithmOf = (input: { readonly EncryptionAlgorithm?: string | undefined }) =>
  input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";

export const encrypt = operation("Encrypt", {
  readOnly: true,
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens),
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      encryptionContext: input.EncryptionContext,
      requestAlias: aliasName(input.KeyId),
      values: algorithmValues(input.EncryptionAlgorithm),
    }),
  run: async (ctx, input, ok, kms) => {
    const loaded = ok.target;
    refuseUnlessFit(loaded, "Encrypt", "ENCRYPT_DECRYPT", algorithmOf(input));
    refuseDryRun(input.DryRun);
    const use = { call: ctx, loaded, operation: "Encrypt", context: input.EncryptionContext };
    const CiphertextBlob = await sealUnder(kms, use, input.Plaintext);
    used(kms, ctx, loaded, "Encrypt", materialName(loaded));
    return { CiphertextBlob, KeyId: loaded.key.arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" as const };
  },
  audit: { request: (input) => parameters(input, { EncryptionAlgorithm: "SYMMETRIC_DEFAULT" }) },
});
