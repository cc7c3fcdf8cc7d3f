import { AwsError } from "../../../base/index.js";
import {
  aliasArn,
  checkAliasName,
  checkAliasTarget,
  getStoredKey,
  type Key,
  keyRows,
  noSuchAlias,
  refuseIf,
} from "../../../kms/index.js";
import { askAlias, findAliasTarget } from "../alias-target.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:UpdateAlias";

export const updateAlias = operation("UpdateAlias", {
  target: async (ctx, input, kms) => {
    checkAliasName(input.AliasName);
    checkAliasTarget(input.TargetKeyId);
    const found = await findAliasTarget(kms, ctx, input.AliasName, action);
    return { ...found, next: await ownKey(kms, ctx, input.TargetKeyId, action) };
  },
  checks: async (ctx, input, { current, next }, kms) => [
    askAlias(ctx, input.AliasName, action),
    ...(await askKey(kms, ctx, current, { action })),
    ...(await askKey(kms, ctx, next, { action })),
  ],
  run: async (ctx, _input, ok, kms) => {
    const { alias, current, next } = ok.target;
    await ctx.commit(kms.database, async (tx) => {
      const { key } = await getStoredKey(tx, next.key);
      refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
      refuseUnlessAlike(current.key, key);
      const { account, region, name } = alias;
      const now = await keyRows.findAlias(tx, account, region, name);
      if (now === undefined) throw noSuchAlias(aliasArn(account, region, name));
      const isFull = (await keyRows.aliasesOf(tx, key)).length >= kms.quotas.aliasesPerKey;
      if (isFull && now.keyId !== key.id) throw tooMany(key.arn, kms.quotas.aliasesPerKey);
      await keyRows.moveAlias(tx, now, key.id, ctx.clock.now());
    });
    return concerning(next.key);
  },
  audit: ASKED_AND_KEY,
});

/** Symmetric, asymmetric or HMAC: an alias stays within its class, and within its usage (kms O-17). */
const classOf = (key: Key) =>
  key.spec === "SYMMETRIC_DEFAULT" ? "symmetric" : key.spec.startsWith("HMAC_") ? "hmac" : "asymmetric";

function refuseUnlessAlike(old: Key, next: Key): void {
  if (old.usage === next.usage && classOf(old) === classOf(next)) return;
  throw new AwsError(
    "ValidationException",
    "The key of an alias can be changed only to one of the same type and usage.",
  );
}

const tooMany = (arn: string, most: number) =>
  new AwsError("LimitExceededException", `The key ${arn} has ${most} aliases.`);
