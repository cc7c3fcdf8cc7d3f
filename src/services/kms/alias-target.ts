import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import {
  type Alias,
  accountCheck,
  aliasArn,
  findKeyById,
  type Kms,
  keyRows,
  type LoadedKey,
  noSuchAlias,
} from "../../kms/index.js";
import { shown } from "./key-target.js";

/** An alias and the key behind it. */
export interface AliasTarget {
  readonly alias: Alias;
  readonly current: LoadedKey;
}

/** The alias of this name in the caller's account, for the operations that change it. */
export async function findAliasTarget(
  kms: Kms,
  ctx: RequestContext,
  name: string,
  action: string,
): Promise<AliasTarget> {
  const { account } = ctx.caller;
  const alias = await kms.database.read((tx) => keyRows.findAlias(tx, account, ctx.region, name));
  if (alias === undefined) throw noSuchAlias(aliasArn(account, ctx.region, name));
  showAlias(ctx, name);
  const current = await findKeyById(kms, ctx, alias.keyId, { action, badArn: "NotFoundException" });
  return { alias, current: shown(ctx, current) };
}

/** The first half of every check on an alias: identity policies alone decide about the alias itself (kms 5.2). */
export const askAlias = (ctx: RequestContext, name: string, action: string): Check =>
  accountCheck(ctx, action, new Map(), aliasArn(ctx.caller.account, ctx.region, name));

export function showAlias(ctx: RequestContext, name: string): void {
  const { account } = ctx.caller;
  ctx.notes.resources.push({ accountId: account, type: "AWS::KMS::Alias", ARN: aliasArn(account, ctx.region, name) });
}
