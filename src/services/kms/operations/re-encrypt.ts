import { needs } from "../../../base/index.js";
import {
  aliasName,
  checkGrantTokens,
  checkOnKey,
  findKey,
  materialName,
  noteUse,
  reEncryptUnder,
  refuseUnlessCiphers,
} from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { ciphertextKey } from "../ciphertext.js";
import { refuseDryRun, shown } from "../key-target.js";
import { operation } from "../operation.js";

const FROM = "kms:ReEncryptFrom";
const TO = "kms:ReEncryptTo";
const SYMMETRIC = "SYMMETRIC_DEFAULT" as const;

/** Two keys, two decisions, two contexts; the plaintext stays in the key store (kms B-15). */
export const reEncrypt = operation("ReEncrypt", {
  readOnly: true,
  target: async (ctx, input, kms) => {
    const ciphertext = {
      blob: input.CiphertextBlob,
      keyId: input.SourceKeyId,
      algorithm: input.SourceEncryptionAlgorithm,
      dryRun: input.DryRun,
      modifiers: input.DryRunModifiers,
      keyMember: "SourceKeyId",
    } as const;
    const { loaded: source, names } = await ciphertextKey(kms, ctx, ciphertext, FROM);
    const destination = await findKey(kms, ctx, input.DestinationKeyId, { action: TO, badArn: "NotFoundException" });
    shown(ctx, source);
    shown(ctx, destination);
    await checkGrantTokens(kms, input.GrantTokens, [source, destination]);
    return { source, destination, names };
  },
  checks: async (ctx, input, { source, destination }, kms) => {
    const isSameKey = String(source.key.arn === destination.key.arn);
    const values = (algorithm: string = SYMMETRIC) =>
      new Map([
        ["kms:encryptionalgorithm", algorithm],
        ["kms:reencryptonsamekey", isSameKey],
      ]);
    return [
      await checkOnKey(kms, ctx, source, {
        action: FROM,
        encryptionContext: input.SourceEncryptionContext,
        requestAlias: input.SourceKeyId === undefined ? undefined : aliasName(input.SourceKeyId),
        values: values(input.SourceEncryptionAlgorithm),
      }),
      await checkOnKey(kms, ctx, destination, {
        action: TO,
        encryptionContext: input.DestinationEncryptionContext,
        requestAlias: aliasName(input.DestinationKeyId),
        values: values(input.DestinationEncryptionAlgorithm),
      }),
    ];
  },
  run: async (ctx, input, ok, kms) => {
    const { source, destination, names } = ok.target;
    const from = { algorithm: input.SourceEncryptionAlgorithm ?? SYMMETRIC, context: input.SourceEncryptionContext };
    const to = {
      algorithm: input.DestinationEncryptionAlgorithm ?? SYMMETRIC,
      context: input.DestinationEncryptionContext,
    };
    const fromRsa = refuseUnlessCiphers(source, "ReEncrypt", from);
    const toRsa = refuseUnlessCiphers(destination, "ReEncrypt", to);
    refuseDryRun(input.DryRun, from.context, to.context);
    needs(input.CiphertextBlob !== undefined, "only a dry run comes without a ciphertext");
    const use = { call: ctx, operation: "ReEncrypt" };
    const CiphertextBlob = await reEncryptUnder(
      kms,
      { ...use, loaded: source, context: from.context, rsa: fromRsa },
      names,
      input.CiphertextBlob,
      { ...use, loaded: destination, context: to.context, rsa: toRsa },
    );
    const [old, next] = [materialName(source, names), materialName(destination)];
    const { additionalEventData } = ctx.notes;
    if (old !== undefined) additionalEventData["sourceKeyMaterialId"] = old;
    if (next !== undefined) additionalEventData["destinationKeyMaterialId"] = next;
    for (const { key } of new Set([source, destination])) noteUse(kms, key, "ReEncrypt", ctx);
    return {
      CiphertextBlob,
      SourceKeyId: source.key.arn,
      KeyId: destination.key.arn,
      SourceEncryptionAlgorithm: from.algorithm,
      DestinationEncryptionAlgorithm: to.algorithm,
      ...(old === undefined ? {} : { SourceKeyMaterialId: old }),
      ...(next === undefined ? {} : { DestinationKeyMaterialId: next }),
    };
  },
  audit: {
    request: (input) =>
      parameters(input, { SourceEncryptionAlgorithm: SYMMETRIC, DestinationEncryptionAlgorithm: SYMMETRIC }),
  },
});
