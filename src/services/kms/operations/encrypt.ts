import {
  algorithmValues,
  aliasName,
  encryptUnder,
  materialName,
  refuseTooLong,
  refuseUnlessCiphers,
} from "../../../kms/index.js";
import { algorithmOf } from "../algorithm.js";
import { parameters } from "../audit.js";
import { askKey, cryptoKey, refuseDryRun, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Encrypt";

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
    const [algorithm, context] = [algorithmOf(input), input.EncryptionContext];
    const rsa = refuseUnlessCiphers(loaded, "Encrypt", { algorithm, context });
    if (rsa !== undefined) refuseTooLong(loaded, rsa, input.Plaintext.length);
    refuseDryRun(input.DryRun, context);
    const use = { call: ctx, loaded, operation: "Encrypt", context, rsa };
    const CiphertextBlob = await encryptUnder(kms, use, input.Plaintext);
    used(kms, ctx, loaded, "Encrypt", materialName(loaded));
    return { CiphertextBlob, KeyId: loaded.key.arn, EncryptionAlgorithm: algorithm };
  },
  audit: { request: (input) => parameters(input, { EncryptionAlgorithm: "SYMMETRIC_DEFAULT" }) },
});
