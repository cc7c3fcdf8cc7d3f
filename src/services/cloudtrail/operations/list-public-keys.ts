import { DAY_MS } from "../../../base/index.js";
import { errors } from "../errors.js";
import { anywhere } from "../on-trail.js";
import { operation } from "../operation.js";
import { fingerprintOf, pkcs1Of } from "../public-key.js";

/** The keys of this account and Region whose windows meet the asked time. */
export const listPublicKeys = operation("ListPublicKeys", {
  checks: (ctx) => anywhere(ctx, "ListPublicKeys"),
  run: async (ctx, input, _ok, { signing, clock }) => {
    const now = clock.now();
    const to = input.EndTime ?? now;
    const from = input.StartTime ?? new Date(to.getTime() - DAY_MS);
    if (from > to) throw errors.timeRange();
    if (input.NextToken !== undefined) throw errors.token();
    const owner = { account: ctx.caller.account, region: ctx.region, service: "cloudtrail" };
    const keys = (await signing.list(owner, now)).filter(
      ({ validFrom, validTo }) => validFrom <= to && validTo >= from,
    );
    return {
      PublicKeyList: keys.map(({ publicKey, validFrom, validTo }) => ({
        Value: pkcs1Of(publicKey),
        ValidityStartTime: validFrom,
        ValidityEndTime: validTo,
        Fingerprint: fingerprintOf(publicKey),
      })),
    };
  },
});
