import {
  detailedAfter,
  entitiesOf,
  groupDetail,
  policyDetail,
  roleDetail,
  userDetail,
} from "../authorization-details.js";
import { onAccount } from "../entities.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";

/** Everything that says who may do what, in one list with one marker. */
export const getAccountAuthorizationDetails = operation("GetAccountAuthorizationDetails", {
  checks: onAccount("iam:GetAccountAuthorizationDetails"),
  run: (ctx, input, _ok, ports) =>
    ports.database.read(async (tx) => {
      const { account } = ctx.caller;
      const filter = input.Filter ?? [];
      const scope = `authorization-details:${account}:${[...filter].sort()}`;
      const { after, limit } = pageStart(scope, input);
      const rows = await detailedAfter(tx, account, filter, after, limit + 1);
      const { items, end } = cutPage(scope, rows, limit, ({ key }) => key);
      const all = <T, Shown>(entities: readonly T[], show: (entity: T) => Promise<Shown>) =>
        Promise.all(entities.map(show));
      return {
        UserDetailList: await all(entitiesOf(items, "User"), (user) => userDetail(tx, user)),
        GroupDetailList: await all(entitiesOf(items, "Group"), (group) => groupDetail(tx, group)),
        RoleDetailList: await all(entitiesOf(items, "Role"), (role) => roleDetail(tx, ports, role)),
        Policies: await all(
          [...entitiesOf(items, "LocalManagedPolicy"), ...entitiesOf(items, "AWSManagedPolicy")],
          (policy) => policyDetail(tx, account, policy),
        ),
        ...end,
      };
    }),
});
