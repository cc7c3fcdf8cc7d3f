import type { AccountId } from "../../base/index.js";
import type { Handshake, Organization, OrganizationPolicy } from "../../identity/index.js";

const arn = (account: string, resource: string) => `arn:aws:organizations::${account}:${resource}`;

export const organizationArn = ({ management, id }: Organization) => arn(management, `organization/${id}`);

export const accountArn = ({ management, id }: Organization, account: AccountId | string) =>
  arn(management, `account/${id}/${account}`);

/** Of a root or a unit: their ids tell them apart. */
export const nodeArn = ({ management, id }: Organization, node: string) =>
  arn(management, `${isRootId(node) ? "root" : "ou"}/${id}/${node}`);

export const policyArn = (
  { management, id }: Organization,
  policy: Pick<OrganizationPolicy, "id" | "type" | "organization">,
) =>
  policy.organization === ""
    ? arn("aws", `policy/${policy.type.toLowerCase()}/${policy.id}`)
    : arn(management, `policy/${id}/${policy.type.toLowerCase()}/${policy.id}`);

export const handshakeArn = ({ management, id }: Organization, handshake: Pick<Handshake, "id">) =>
  arn(management, `handshake/${id}/invite/${handshake.id}`);

export const isRootId = (id: string) => id.startsWith("r-");
export const isAccountTarget = (id: string) => /^\d{12}$/.test(id);

/** Whatever a policy may hang on, or a tag. */
export const targetArn = (organization: Organization, target: string) =>
  isAccountTarget(target) ? accountArn(organization, target) : nodeArn(organization, target);
