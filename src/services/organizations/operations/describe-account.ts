import { accountArn } from "../arns.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showAccount } from "../shown.js";
import { memberOf } from "../tree.js";

export const describeAccount = operation("DescribeAccount", {
  ...about("DescribeAccount", (organization, input: { AccountId: string }) => [
    accountArn(organization, input.AccountId),
  ]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => ({
      Account: await showAccount(tx, organization, await memberOf(tx, organization, input.AccountId)),
    })),
});
