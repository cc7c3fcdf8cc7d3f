import { needs } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  algorithmValues,
  aliasName,
  checkGrantTokens,
  type Kms,
  materialName,
  openUnder,
  refuseUnlessFit,
} from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { type CiphertextKey, ciphertextKey } from "../ciphertext.js";
import { askKey, refuseDryRun, refuseRecipient, shown, used } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:Decrypt";
const algorithmOf = (input: { readonly EncryptionAlgorithm?: string | undefined }) =>
  input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";

export const decrypt = operation("Decrypt", {
  readOnly: true,
  target: (ctx, input, kms) => {
    const ciphertext = {
      blob: input.CiphertextBlob,
      keyId: input.KeyId,
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
    refuseUnlessFit(loaded, "Decrypt", "ENCRYPT_DECRYPT", algorithmOf(input));
    refuseDryRun(input.DryRun);
    needs(names !== undefined && input.CiphertextBlob !== undefined, "only a dry run comes without a ciphertext");
    const use = { call: ctx, loaded, operation: "Decrypt", context: input.EncryptionContext };
    const Plaintext = await openUnder(kms, use, names, input.CiphertextBlob);
    const KeyMaterialId = materialName(loaded, names);
    used(kms, ctx, loaded, "Decrypt", KeyMaterialId);
    return {
      KeyId: loaded.key.arn,
      Plaintext,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT" as const,
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
