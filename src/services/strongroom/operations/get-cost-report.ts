import { AwsError, isAccountId } from "../../../base/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests, textMember } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

const MONTH_CHARS = 7;
const ACCOUNT_CHARS = 12;

/** What a month of KMS would cost: of the caller's account, or for the house's owner of any account in it. */
export const getCostReport = ownOperation("GetCostReport", {
  readOnly: true,
  parse: (input) => ({
    month: input["month"] === undefined ? undefined : textMember(input, "month", MONTH_CHARS),
    accountId: input["accountId"] === undefined ? undefined : textMember(input, "accountId", ACCOUNT_CHARS),
  }),
  checks: (ctx) => [houseCheck(ctx, "GetCostReport")],
  run: async (ctx, { month, accountId }, _ok, ports: StrongroomPorts) => {
    const account = accountId ?? ctx.caller.account;
    if (!isAccountId(account)) throw new AwsError("ValidationException", "'accountId' must be twelve digits.");
    if (account !== ctx.caller.account) await refuseGuests(ctx, ports);
    return ports.costs.report(account, month ?? ctx.clock.now().toISOString().slice(0, MONTH_CHARS));
  },
});
