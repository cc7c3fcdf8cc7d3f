import { directory } from "../../../identity/index.js";
import { checkTrustPolicy } from "../documents.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";
import { refuseProtected } from "../protected-roles.js";

/** Holds from the next AssumeRole on; sessions that are already there go on. */
export const updateAssumeRolePolicy = operation("UpdateAssumeRolePolicy", {
  ...aboutRole("iam:UpdateAssumeRolePolicy"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      refuseProtected(role);
      const { PolicyDocument: trustPolicy } = input;
      const trustPrincipals = await checkTrustPolicy(tx, trustPolicy);
      await directory.updateRole(tx, { ...role, trustPolicy, trustPrincipals });
      return {};
    }),
});
