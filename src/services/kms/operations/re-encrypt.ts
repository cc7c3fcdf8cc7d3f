import { needs } from "../../../base/index.js";
import type { Check } from "../../../identity/index.js";
import type { InputOf, RequestContext } from "../../../kit/index.js";
import {
  aliasName,
  checkGrantTokens,
  checkOnKey,
  findKey,
  type Kms,
  type LoadedKey,
  materialName,
  noteUse,
  reEncryptUnder,
  refuseUnlessCiphers,
} from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { ciphertextKey } from "../ciphertext.js";
import { isByGrant, refuseMixedSources } from "../grant-sources.js";
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
  checks: (ctx, input, target, kms) => checksOf(kms, ctx, input, target),
  run: async (ctx, input, ok, kms) => {
    const { source, destination, names } = ok.target;
    if (ok.decisions.every(isByGrant)) refuseMixedSources(ctx, await checksOf(kms, ctx, input, ok.target));
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
    for (const { key } of new Set([source, destination])) noteUse(kms, key, "ReEncrypt", ctx, ctx.eventId);
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

type Input = InputOf<typeof import("@aws-sdk/client-kms"), "ReEncrypt">;

interface Keys {
  readonly source: LoadedKey;
  readonly destination: LoadedKey;
}

async function checksOf(kms: Kms, ctx: RequestContext, input: Input, keys: Keys): Promise<readonly Check[]> {
  const { source, destination } = keys;
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
}
