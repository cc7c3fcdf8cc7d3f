import { directory, wholeSeconds } from "../../../identity/index.js";
import { accountArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { audit } from "../trail.js";
import { memberOf } from "../tree.js";

/** Nobody signs for it any more. What it owns stays as it is, and it stays in the organization, suspended. */
export const closeAccount = operation("CloseAccount", {
  ...about("CloseAccount", (organization, input: { AccountId: string }) => [accountArn(organization, input.AccountId)]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const { account } = await memberOf(tx, organization, input.AccountId);
      if (account === organization.management)
        throw errors.constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.");
      if ((await directory.account(tx, account))?.closedAt !== undefined) throw errors.accountClosed();
      await directory.closeAccount(tx, account, wholeSeconds(ctx.time));
      return {};
    }),
});
