import { organizationArn } from "../arns.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";

/** No service of the house asks for it: what a service may do is said by policies. */
export const listAwsServiceAccessForOrganization = operation("ListAWSServiceAccessForOrganization", {
  ...about("ListAWSServiceAccessForOrganization", (organization) => [organizationArn(organization)]),
  run: (ctx, _input, _ok, ports) => reading(ctx, ports, async () => ({ EnabledServicePrincipals: [] })),
});
