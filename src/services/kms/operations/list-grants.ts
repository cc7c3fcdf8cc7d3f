import { AwsError } from "../../../base/index.js";
import { grantRows, parseGrantId } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { grantEntry } from "../grant-entry.js";
import { forAwsResource, isByService } from "../grant-input.js";
import { anyKey, askKey } from "../key-target.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

const action = "kms:ListGrants";

export const listGrants = operation("ListGrants", {
  target: (ctx, input, kms) => {
    if (input.GranteeServicePrincipal !== undefined && !isByService(ctx)) throw forServicesOnly();
    if (input.GranteePrincipal !== undefined && input.GranteeServicePrincipal !== undefined) throw bothGrantees();
    return anyKey(kms, ctx, input.KeyId, action);
  },
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action, values: forAwsResource(ctx) }),
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    const grantId = input.GrantId === undefined ? undefined : parseGrantId(input.GrantId);
    const filter = { grantId, grantee: input.GranteePrincipal ?? input.GranteeServicePrincipal };
    const of = [key.account, key.id, filter.grantId ?? "", filter.grantee ?? ""].join(" ");
    const scope = listScope(ctx, "ListGrants", input, { usual: 50, most: 100, of });
    const rows = await kms.database.read((tx) => grantRows.grantsAfter(tx, key, filter, scope.after, scope.limit + 1));
    const page = listPage(rows, scope, (grant) => grant.id);
    return { Grants: page.items.map(grantEntry), ...pageMembers(page) };
  },
  audit: ASKED,
});

const forServicesOnly = () =>
  new AwsError("ValidationException", "Filters by service principal are for AWS services only.");

const bothGrantees = () =>
  new AwsError("ValidationException", "Specify either GranteePrincipal or GranteeServicePrincipal, not both.");
