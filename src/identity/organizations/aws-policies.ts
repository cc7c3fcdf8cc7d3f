import type { OrganizationPolicy, OrganizationPolicyType } from "./records.js";

const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

const fullAccess = (
  id: string,
  name: string,
  type: OrganizationPolicyType,
  description: string,
  statement: object,
): OrganizationPolicy => ({
  id,
  organization: "",
  type,
  name,
  description,
  content: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, undefined, 2),
  tags: [],
});

/** AWS's own: what hangs everywhere from the moment that a kind is enabled. */
export const FULL_ACCESS: Readonly<Record<OrganizationPolicyType, OrganizationPolicy>> = {
  SERVICE_CONTROL_POLICY: fullAccess(
    "p-FullAWSAccess",
    "FullAWSAccess",
    "SERVICE_CONTROL_POLICY",
    "Allows access to every operation",
    EVERYTHING,
  ),
  RESOURCE_CONTROL_POLICY: fullAccess(
    "p-RCPFullAWSAccess",
    "RCPFullAWSAccess",
    "RESOURCE_CONTROL_POLICY",
    "Allows access to every resource",
    { ...EVERYTHING, Principal: "*" },
  ),
};

export const findAwsPolicy = (id: string): OrganizationPolicy | undefined =>
  Object.values(FULL_ACCESS).find((policy) => policy.id === id);
