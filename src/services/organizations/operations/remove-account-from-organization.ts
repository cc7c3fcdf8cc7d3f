import { accountArn } from "../arns.js";
import { leave } from "../leave.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { audit } from "../trail.js";
import { memberOf } from "../tree.js";

export const removeAccountFromOrganization = operation("RemoveAccountFromOrganization", {
  ...about("RemoveAccountFromOrganization", (organization, input: { AccountId: string }) => [
    accountArn(organization, input.AccountId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      await leave(tx, organization, await memberOf(tx, organization, input.AccountId));
      return {};
    }),
});
