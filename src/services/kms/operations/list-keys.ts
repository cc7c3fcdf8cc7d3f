import { accountCheck, keyArn, keyRows } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

export const listKeys = operation("ListKeys", {
  checks: (ctx) => [accountCheck(ctx, "kms:ListKeys")],
  run: async (ctx, input, _ok, kms) => {
    const { account } = ctx.caller;
    const scope = listScope(ctx, "ListKeys", input, { usual: 100, most: 1000 });
    const rows = await kms.database.read((tx) =>
      keyRows.keysAfter(tx, account, ctx.region, scope.after, scope.limit + 1),
    );
    const page = listPage(rows, scope, (row) => row.id);
    const place = { account, region: ctx.region };
    return {
      Keys: page.items.map(({ id }) => ({ KeyId: id, KeyArn: keyArn({ ...place, id }) })),
      ...pageMembers(page),
    };
  },
  audit: ASKED,
});
