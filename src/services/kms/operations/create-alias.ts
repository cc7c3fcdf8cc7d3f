import { AwsError } from "../../../base/index.js";
import {
  aliasArn,
  aliasTaken,
  checkAliasName,
  checkAliasTarget,
  getStoredKey,
  keyRows,
  refuseIf,
} from "../../../kms/index.js";
import { askAlias, showAlias } from "../alias-target.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:CreateAlias";

export const createAlias = operation("CreateAlias", {
  target: (ctx, input, kms) => {
    checkAliasName(input.AliasName);
    checkAliasTarget(input.TargetKeyId);
    showAlias(ctx, input.AliasName);
    return ownKey(kms, ctx, input.TargetKeyId, action);
  },
  checks: async (ctx, input, loaded, kms) => [
    askAlias(ctx, input.AliasName, action),
    ...(await askKey(kms, ctx, loaded, { action })),
  ],
  run: async (ctx, input, ok, kms) => {
    const { account, region } = ok.target.key;
    const name = input.AliasName;
    await ctx.commit(kms.database, async (tx) => {
      const { key } = await getStoredKey(tx, ok.target.key);
      refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
      if ((await keyRows.findAlias(tx, account, region, name)) !== undefined) {
        throw aliasTaken(aliasArn(account, region, name));
      }
      if ((await keyRows.aliasesOf(tx, key)).length >= kms.quotas.aliasesPerKey)
        throw tooMany(key.arn, kms.quotas.aliasesPerKey);
      const now = ctx.clock.now();
      await keyRows.insertAlias(tx, { account, region, name, keyId: key.id, createdAt: now, updatedAt: now });
    });
    return concerning(ok.target.key);
  },
  audit: ASKED_AND_KEY,
});

const tooMany = (arn: string, most: number) =>
  new AwsError("LimitExceededException", `The key ${arn} has ${most} aliases.`);
