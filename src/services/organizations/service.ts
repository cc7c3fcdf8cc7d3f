import { defineService, type Service } from "../../kit/index.js";
import { acceptHandshake } from "./operations/accept-handshake.js";
import { attachPolicy } from "./operations/attach-policy.js";
import { cancelHandshake } from "./operations/cancel-handshake.js";
import { closeAccount } from "./operations/close-account.js";
import { createAccount } from "./operations/create-account.js";
import { createOrganization } from "./operations/create-organization.js";
import { createOrganizationalUnit } from "./operations/create-organizational-unit.js";
import { createPolicy } from "./operations/create-policy.js";
import { declineHandshake } from "./operations/decline-handshake.js";
import { deleteOrganization } from "./operations/delete-organization.js";
import { deleteOrganizationalUnit } from "./operations/delete-organizational-unit.js";
import { deletePolicy } from "./operations/delete-policy.js";
import { describeAccount } from "./operations/describe-account.js";
import { describeCreateAccountStatus } from "./operations/describe-create-account-status.js";
import { describeHandshake } from "./operations/describe-handshake.js";
import { describeOrganization } from "./operations/describe-organization.js";
import { describeOrganizationalUnit } from "./operations/describe-organizational-unit.js";
import { describePolicy } from "./operations/describe-policy.js";
import { detachPolicy } from "./operations/detach-policy.js";
import { disablePolicyType } from "./operations/disable-policy-type.js";
import { enablePolicyType } from "./operations/enable-policy-type.js";
import { inviteAccountToOrganization } from "./operations/invite-account-to-organization.js";
import { leaveOrganization } from "./operations/leave-organization.js";
import { listAccounts } from "./operations/list-accounts.js";
import { listAccountsForParent } from "./operations/list-accounts-for-parent.js";
import { listAwsServiceAccessForOrganization } from "./operations/list-aws-service-access-for-organization.js";
import { listChildren } from "./operations/list-children.js";
import { listCreateAccountStatus } from "./operations/list-create-account-status.js";
import { listHandshakesForAccount } from "./operations/list-handshakes-for-account.js";
import { listHandshakesForOrganization } from "./operations/list-handshakes-for-organization.js";
import { listOrganizationalUnitsForParent } from "./operations/list-organizational-units-for-parent.js";
import { listParents } from "./operations/list-parents.js";
import { listPolicies } from "./operations/list-policies.js";
import { listPoliciesForTarget } from "./operations/list-policies-for-target.js";
import { listRoots } from "./operations/list-roots.js";
import { listTagsForResource } from "./operations/list-tags-for-resource.js";
import { listTargetsForPolicy } from "./operations/list-targets-for-policy.js";
import { moveAccount } from "./operations/move-account.js";
import { removeAccountFromOrganization } from "./operations/remove-account-from-organization.js";
import { tagResource } from "./operations/tag-resource.js";
import { untagResource } from "./operations/untag-resource.js";
import { updateOrganizationalUnit } from "./operations/update-organizational-unit.js";
import { updatePolicy } from "./operations/update-policy.js";
import type { OrganizationsPorts } from "./ports.js";

export type * from "./ports.js";

const OPERATIONS = [
  acceptHandshake,
  attachPolicy,
  cancelHandshake,
  closeAccount,
  createAccount,
  createOrganization,
  createOrganizationalUnit,
  createPolicy,
  declineHandshake,
  deleteOrganization,
  deleteOrganizationalUnit,
  deletePolicy,
  describeAccount,
  describeCreateAccountStatus,
  describeHandshake,
  describeOrganization,
  describeOrganizationalUnit,
  describePolicy,
  detachPolicy,
  disablePolicyType,
  enablePolicyType,
  inviteAccountToOrganization,
  leaveOrganization,
  listAccountsForParent,
  listAccounts,
  listAwsServiceAccessForOrganization,
  listChildren,
  listCreateAccountStatus,
  listHandshakesForAccount,
  listHandshakesForOrganization,
  listOrganizationalUnitsForParent,
  listParents,
  listPoliciesForTarget,
  listPolicies,
  listRoots,
  listTagsForResource,
  listTargetsForPolicy,
  moveAccount,
  removeAccountFromOrganization,
  tagResource,
  untagResource,
  updateOrganizationalUnit,
  updatePolicy,
];

/** AWS Organizations: accounts below one roof, and the policies that hold all of them. Decisions are `identity`'s. */
export function organizationsService(ports: OrganizationsPorts): Service {
  return defineService({ id: "organizations", operations: OPERATIONS.map((bind) => bind(ports)) });
}
