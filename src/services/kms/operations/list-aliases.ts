import type { RequestContext } from "../../../kit/index.js";
import { type Alias, accountCheck, aliasArn, type Kms, keyRows, MANAGED_ALIASES } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { ownKey } from "../key-target.js";
import { type ListScope, listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

const action = "kms:ListAliases";

export const listAliases = operation("ListAliases", {
  target: async (ctx, input, kms) =>
    input.KeyId === undefined ? undefined : await ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx) => [accountCheck(ctx, action)],
  run: async (ctx, input, ok, kms) => {
    const of = ok.target?.key;
    const scope = listScope(ctx, "ListAliases", input, { usual: 50, most: 100, of: of?.id ?? "" });
    const rows =
      of === undefined
        ? await allAliases(kms, ctx, scope)
        : (await kms.database.read((tx) => keyRows.aliasesOf(tx, of))).filter(({ name }) => name > scope.after);
    const page = listPage<Alias | Unborn>(rows.slice(0, scope.limit + 1), scope, (row) => row.name);
    return { Aliases: page.items.map((row) => entry(ctx, row)), ...pageMembers(page) };
  },
  audit: ASKED,
});

/** A predefined alias whose AWS managed key nobody needed yet. */
interface Unborn {
  readonly name: string;
  readonly keyId?: undefined;
}

async function allAliases(kms: Kms, ctx: RequestContext, { after, limit }: ListScope): Promise<(Alias | Unborn)[]> {
  const stored = await kms.database.read((tx) =>
    keyRows.aliasesAfter(tx, ctx.caller.account, ctx.region, after, limit + 1),
  );
  const born = new Set(stored.map((alias) => alias.name));
  const unborn = MANAGED_ALIASES.filter((name) => name > after && !born.has(name)).map((name) => ({ name }));
  return [...stored, ...unborn].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function entry(ctx: RequestContext, row: Alias | Unborn) {
  const names = { AliasName: row.name, AliasArn: aliasArn(ctx.caller.account, ctx.region, row.name) };
  if (row.keyId === undefined) return names;
  return { ...names, TargetKeyId: row.keyId, CreationDate: row.createdAt, LastUpdatedDate: row.updatedAt };
}
