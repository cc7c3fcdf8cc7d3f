import { AwsError } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  accountCheck,
  addTagValues,
  checkTags,
  createKey as create,
  createStoreKey,
  keyArn,
  keyMetadata,
  keyResource,
  type NewKey,
  newKeyRef,
  parseKeyRequest,
  refuseUnmade,
  specValues,
  storeData,
  storeUse,
} from "../../../kms/index.js";
import { lowerNames, parameters } from "../audit.js";
import { bypassValues } from "../bypass.js";
import { firstPolicy } from "../first-policy.js";
import { type KmsPorts, operation } from "../operation.js";
import { tagsOf } from "../tags.js";

type Input = Parameters<Parameters<typeof operation<"CreateKey", NewKey>>[1]["run"]>[1];

export const createKey = operation("CreateKey", {
  target: (ctx, input, kms) => newKey(ctx, input, kms),
  checks: (ctx, input, made) => {
    const values = conditionValues(input, made);
    const create = accountCheck(ctx, "kms:CreateKey", values);
    if (made.tags.length === 0) return [create];
    return [create, accountCheck(ctx, "kms:TagResource", new Map(values), keyArn(made.ref))];
  },
  run: async (ctx, input, ok, kms) => {
    const made = ok.target;
    refuseUnmade(made.request);
    const policy = await firstPolicy(kms, ctx, made.ref, input, conditionValues(input, made));
    const commit = <T>(unit: Parameters<typeof kms.database.write<T>>[0]) => ctx.commit(kms.database, unit);
    const inStore = made.request.customKeyStoreId !== undefined;
    const use = storeUse(ctx, "CreateKey", keyArn(made.ref));
    const key = inStore
      ? await createStoreKey(kms, made, policy, use, commit)
      : await create(kms, made, policy, commit);
    ctx.notes.resources.push(keyResource(key));
    Object.assign(ctx.notes.additionalEventData, storeData(key));
    return { KeyMetadata: keyMetadata(key) };
  },
  audit: {
    request: (input) => parameters(input, requestDefaults(input)),
    response: ({ KeyMetadata }) => ({ keyMetadata: lowerNames(KeyMetadata ?? {}) }),
  },
});

function newKey(ctx: RequestContext, input: Input, kms: KmsPorts): NewKey {
  const request = parseKeyRequest({
    spec: specOf(input),
    usage: input.KeyUsage,
    origin: input.Origin,
    multiRegion: input.MultiRegion,
    customKeyStoreId: input.CustomKeyStoreId,
    xksKeyId: input.XksKeyId,
  });
  const tags = tagsOf(input.Tags);
  checkTags(tags);
  const ref = newKeyRef(kms, ctx.caller.account, ctx.region, request.multiRegion);
  return { ref, request, description: input.Description ?? "", tags };
}

/** The deprecated twin may be sent instead, or with the same value (kms O-3). */
function specOf({ KeySpec, CustomerMasterKeySpec }: Input) {
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined && KeySpec !== CustomerMasterKeySpec) {
    throw new AwsError("ValidationException", "KeySpec and CustomerMasterKeySpec must be equal when both are given.");
  }
  return KeySpec ?? CustomerMasterKeySpec;
}

function conditionValues(input: Input, { request, tags }: NewKey): Map<string, string | readonly string[]> {
  const { spec, usage, origin } = request;
  const values = new Map<string, string | readonly string[]>([
    ...specValues(spec, usage, origin, request.multiRegion ? "PRIMARY" : undefined),
    ...bypassValues(input),
  ]);
  addTagValues(values, tags);
  return values;
}

const requestDefaults = (input: Input) => ({
  Description: "",
  KeySpec: input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT",
  CustomerMasterKeySpec: input.KeySpec ?? "SYMMETRIC_DEFAULT",
  KeyUsage: "ENCRYPT_DECRYPT",
  Origin: "AWS_KMS",
  BypassPolicyLockoutSafetyCheck: false,
  MultiRegion: false,
});
