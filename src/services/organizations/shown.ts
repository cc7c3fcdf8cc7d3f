import type {
  Account as AccountShown,
  HandshakeResource,
  Handshake as HandshakeShown,
  Organization as OrganizationShown,
} from "@aws-sdk/client-organizations";
import {
  type Account,
  type AccountRequest,
  directory,
  type Handshake,
  type Member,
  type Organization,
  type OrganizationNode,
  type OrganizationPolicy,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { accountArn, handshakeArn, nodeArn, organizationArn, policyArn } from "./arns.js";
import { pathOf } from "./tree.js";

/** Accounts of the house have no mailbox unless an organization gave them one; the domain is nobody's (RFC 2606). */
export const emailOf = ({ id, email }: Pick<Account, "id" | "email">) => email ?? `${id}@accounts.invalid`;

export async function showOrganization(tx: ReadTx, organization: Organization): Promise<OrganizationShown> {
  const account = await directory.account(tx, organization.management);
  return {
    Id: organization.id,
    Arn: organizationArn(organization),
    FeatureSet: organization.featureSet,
    MasterAccountArn: accountArn(organization, organization.management),
    MasterAccountId: organization.management,
    MasterAccountEmail: emailOf({ id: organization.management, ...account }),
    // AWS asks to look at the root instead: this tells of service control policies alone, and never changes.
    AvailablePolicyTypes:
      organization.featureSet === "ALL" ? [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }] : [],
  };
}

export async function showAccount(tx: ReadTx, organization: Organization, member: Member): Promise<AccountShown> {
  const account = await directory.account(tx, member.account);
  const state = account?.closedAt === undefined ? "ACTIVE" : "SUSPENDED";
  return {
    Id: member.account,
    Arn: accountArn(organization, member.account),
    Email: emailOf({ id: member.account, ...account }),
    Name: account?.name ?? "",
    Status: state,
    State: state,
    Paths: [`${await pathOf(tx, organization, member.parent)}${member.account}/`],
    JoinedMethod: member.joinedMethod,
    JoinedTimestamp: member.joinedAt,
  };
}

export const showRoot = (organization: Organization, root: OrganizationNode) => ({
  Id: root.id,
  Arn: nodeArn(organization, root.id),
  Name: root.name,
  PolicyTypes: organization.policyTypes.map((Type) => ({ Type, Status: "ENABLED" as const })),
});

export const showUnit = async (tx: ReadTx, organization: Organization, unit: OrganizationNode) => ({
  Id: unit.id,
  Arn: nodeArn(organization, unit.id),
  Name: unit.name,
  Path: await pathOf(tx, organization, unit.id),
});

export const showSummary = (organization: Organization, policy: OrganizationPolicy) => ({
  Id: policy.id,
  Arn: policyArn(organization, policy),
  Name: policy.name,
  Description: policy.description,
  Type: policy.type,
  AwsManaged: policy.organization === "",
});

export const showPolicy = (organization: Organization, policy: OrganizationPolicy) => ({
  PolicySummary: showSummary(organization, policy),
  Content: policy.content,
});

export const showRequest = (request: AccountRequest) => ({
  Id: request.id,
  AccountName: request.name,
  State: request.state,
  RequestedTimestamp: new Date(request.requestedMs),
  CompletedTimestamp: new Date(request.requestedMs),
  ...(request.account && { AccountId: request.account }),
  ...(request.failure && { FailureReason: request.failure }),
});

/** An open invitation whose time is over is expired, whoever looks. */
export const stateOf = (handshake: Handshake, now: Date) =>
  handshake.state === "OPEN" && now.getTime() >= handshake.expiresMs ? "EXPIRED" : handshake.state;

export async function showHandshake(
  tx: ReadTx,
  organization: Organization,
  handshake: Handshake,
  now: Date,
): Promise<HandshakeShown> {
  const management = await directory.account(tx, organization.management);
  const invited: HandshakeResource = { Type: handshake.target.type, Value: handshake.target.id };
  const about: HandshakeResource = {
    Type: "ORGANIZATION",
    Value: organization.id,
    Resources: [
      { Type: "MASTER_EMAIL", Value: emailOf({ id: organization.management, ...management }) },
      { Type: "MASTER_NAME", Value: management?.name ?? "" },
      { Type: "ORGANIZATION_FEATURE_SET", Value: organization.featureSet },
    ],
  };
  return {
    Id: handshake.id,
    Arn: handshakeArn(organization, handshake),
    Parties: [
      { Id: organization.id, Type: "ORGANIZATION" },
      { Id: handshake.target.id, Type: handshake.target.type },
    ],
    State: stateOf(handshake, now),
    RequestedTimestamp: new Date(handshake.requestedMs),
    ExpirationTimestamp: new Date(handshake.expiresMs),
    Action: "INVITE",
    Resources: [
      about,
      invited,
      ...(handshake.notes === undefined ? [] : [{ Type: "NOTES" as const, Value: handshake.notes }]),
    ],
  };
}
