import { nodeArn } from "../arns.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showUnit } from "../shown.js";
import { unitOf } from "../tree.js";

export const describeOrganizationalUnit = operation("DescribeOrganizationalUnit", {
  ...about("DescribeOrganizationalUnit", (organization, input: { OrganizationalUnitId: string }) => [
    nodeArn(organization, input.OrganizationalUnitId),
  ]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => ({
      OrganizationalUnit: await showUnit(tx, organization, await unitOf(tx, organization, input.OrganizationalUnitId)),
    })),
});
