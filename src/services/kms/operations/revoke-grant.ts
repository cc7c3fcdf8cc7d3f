import { grantRows, noSuchGrant, parseGrantId } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { forAwsResource } from "../grant-input.js";
import { anyKey, askKey, refuseDryRun } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:RevokeGrant";

/** In every state of the key. What was done with the grant stays done; the next use is refused. */
export const revokeGrant = operation("RevokeGrant", {
  target: (ctx, input, kms) => anyKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action, values: forAwsResource(ctx) }),
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    const id = parseGrantId(input.GrantId);
    const grant = await kms.database.read((tx) => grantRows.findGrant(tx, key, id));
    if (grant === undefined) throw noSuchGrant(id);
    refuseDryRun(input.DryRun);
    const isGone = await ctx.commit(kms.database, (tx) => grantRows.deleteGrant(tx, key, id));
    if (!isGone) throw noSuchGrant(id);
    return {};
  },
  audit: ASKED,
});
