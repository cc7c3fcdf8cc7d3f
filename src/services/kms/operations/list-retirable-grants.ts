import { AwsError } from "../../../base/index.js";
import { accountCheck, grantRows } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { grantEntry } from "../grant-entry.js";
import { principalOf } from "../grant-input.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

/** On all keys of the Region, those of other accounts included: the caller asks who may be set free by whom. */
export const listRetirableGrants = operation("ListRetirableGrants", {
  target: (_ctx, input) => {
    const retiring = principalOf(input.RetiringPrincipal, input.RetiringServicePrincipal, "Retiring");
    if (retiring === undefined) throw missing();
    return retiring;
  },
  checks: (ctx) => [accountCheck(ctx, "kms:ListRetirableGrants")],
  run: async (ctx, input, ok, kms) => {
    const { name } = ok.target;
    const scope = listScope(ctx, "ListRetirableGrants", input, { usual: 50, most: 100, of: name });
    const rows = await kms.database.read((tx) =>
      grantRows.retirableAfter(tx, ctx.region, name, scope.after, scope.limit + 1),
    );
    const page = listPage(rows, scope, (grant) => grant.id);
    return { Grants: page.items.map(grantEntry), ...pageMembers(page) };
  },
  audit: ASKED,
});

const missing = () =>
  new AwsError("ValidationException", "Specify either RetiringPrincipal or RetiringServicePrincipal.");
