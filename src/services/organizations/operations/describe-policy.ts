import { aboutPolicy } from "../on-policy.js";
import { policyOf } from "../policies.js";
import { operation } from "../ports.js";
import { reading } from "../seat.js";
import { showPolicy } from "../shown.js";

export const describePolicy = operation("DescribePolicy", {
  ...aboutPolicy("DescribePolicy"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => ({
      Policy: showPolicy(organization, await policyOf(tx, organization, input.PolicyId)),
    })),
});
