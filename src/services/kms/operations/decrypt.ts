import { needs } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  algorithmValues,
  aliasName,
  checkGrantTokens,
  decryptUnder,
  type Kms,
  materialName,
  refuseUnlessCiphers,
} from "../../../kms/index.js";
import { algorithmOf } from "../algorithm.js";
import { parameters } from "../audit.js";
import { type CiphertextKey, ciphertextKey } from "../ciphertext.js";
import { askKey, refuseDryRun, refuseRecipient, shown, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Decrypt";

export const decrypt = operation("Decrypt", {
  readOnly: true,
  target: (ctx, input, kms) => {
    const ciphertext = {
      blob: input.CiphertextBlob,
      keyId: input.KeyId,
      algorithm: input.EncryptionAlgorithm,
      dryRun: input.DryRun,
      modifiers: input.DryRunModifiers,
      keyMember: "KeyId",
    } as const;
    const found = ciphertextKey(kms, ctx, ciphertext, action);
    if (found instanceof Promise || input.GrantTokens !== undefined) return checked(kms, ctx, found, input.GrantTokens);
    shown(ctx, found.loaded);
    return found;
  },
  checks: (ctx, input, { loaded }, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      encryptionContext: input.EncryptionContext,
      requestAlias: input.KeyId === undefined ? undefined : aliasName(input.KeyId),
      values: algorithmValues(input.EncryptionAlgorithm),
    }),
  run: async (ctx, input, ok, kms) => {
    const { loaded, names } = ok.target;
    refuseRecipient(input.Recipient);
    const [algorithm, context] = [algorithmOf(input), input.EncryptionContext];
    const rsa = refuseUnlessCiphers(loaded, "Decrypt", { algorithm, context });
    refuseDryRun(input.DryRun, context);
    needs(input.CiphertextBlob !== undefined, "only a dry run comes without a ciphertext");
    const use = { call: ctx, loaded, operation: "Decrypt", context, rsa };
    const Plaintext = await decryptUnder(kms, use, names, input.CiphertextBlob);
    const KeyMaterialId = materialName(loaded, names);
    used(kms, ctx, loaded, "Decrypt", KeyMaterialId);
    return {
      KeyId: loaded.key.arn,
      Plaintext,
      EncryptionAlgorithm: algorithm,
      ...(KeyMaterialId === undefined ? {} : { KeyMaterialId }),
    };
  },
  audit: { request: (input) => parameters(input, { EncryptionAlgorithm: "SYMMETRIC_DEFAULT" }) },
});

async function checked(
  kms: Kms,
  ctx: RequestContext,
  finding: CiphertextKey | Promise<CiphertextKey>,
  grantTokens: readonly string[] | undefined,
): Promise<CiphertextKey> {
  const found = await finding;
  shown(ctx, found.loaded);
  await checkGrantTokens(kms, grantTokens, [found.loaded]);
  return found;
}
