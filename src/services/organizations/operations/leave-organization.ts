import { accountArn } from "../arns.js";
import { leave } from "../leave.js";
import { operation } from "../ports.js";
import { about, seatOf } from "../seat.js";
import { audit } from "../trail.js";

/** What a member does for itself. */
export const leaveOrganization = operation("LeaveOrganization", {
  ...about("LeaveOrganization", (organization) => [accountArn(organization, "*")]),
  audit,
  run: (ctx, _input, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const { organization, member } = await seatOf(tx, ctx);
      await leave(tx, organization, member);
      return {};
    }),
});
