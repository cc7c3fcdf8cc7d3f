import { organizationArn } from "../arns.js";
import { operation } from "../ports.js";
import { about, seatOf } from "../seat.js";
import { showOrganization } from "../shown.js";

/** Any member may ask. */
export const describeOrganization = operation("DescribeOrganization", {
  ...about("DescribeOrganization", (organization) => [organizationArn(organization)]),
  run: (ctx, _input, _ok, { database }) =>
    database.read(async (tx) => {
      const { organization } = await seatOf(tx, ctx);
      return { Organization: await showOrganization(tx, organization) };
    }),
});
