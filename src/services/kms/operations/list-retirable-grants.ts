import { AwsError } from "../../../base/index.js";
import { accountCheck, grantRows } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { grantEntry } from "../grant-entry.js";
import { isByService, principalOf } from "../grant-input.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

/**
 * On all keys of the Region, those of other accounts included. So the retiring principal must be one of the caller's
 * account: grants on others' keys are nobody else's business.
 */
export const listRetirableGrants = operation("ListRetirableGrants", {
  target: (ctx, input) => {
    const retiring = principalOf(input.RetiringPrincipal, input.RetiringServicePrincipal, "Retiring");
    if (retiring === undefined) throw missing();
    const isOwn = retiring.isService ? isByService(ctx) : retiring.name.split(":")[4] === ctx.caller.account;
    if (!isOwn) throw notOwn();
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

const notOwn = () => new AwsError("AccessDeniedException", "The retiring principal must be one of your own account.");
