import { denialText } from "../../identity/index.js";
import { type AnyOperation, defineService, type RequestContext, type Service } from "../../kit/index.js";
import { CREDENTIAL_OPERATIONS } from "./credential-operations.js";
import { accessDenied, invalidToken } from "./errors.js";
import { OIDC_OPERATIONS } from "./oidc-operations.js";
import { addRoleToInstanceProfile } from "./operations/add-role-to-instance-profile.js";
import { addUserToGroup } from "./operations/add-user-to-group.js";
import { attachGroupPolicy } from "./operations/attach-group-policy.js";
import { attachRolePolicy } from "./operations/attach-role-policy.js";
import { attachUserPolicy } from "./operations/attach-user-policy.js";
import { changePassword } from "./operations/change-password.js";
import { createAccessKey } from "./operations/create-access-key.js";
import { createAccountAlias } from "./operations/create-account-alias.js";
import { createGroup } from "./operations/create-group.js";
import { createInstanceProfile } from "./operations/create-instance-profile.js";
import { createLoginProfile } from "./operations/create-login-profile.js";
import { createPolicy } from "./operations/create-policy.js";
import { createPolicyVersion } from "./operations/create-policy-version.js";
import { createRole } from "./operations/create-role.js";
import { createServiceLinkedRole } from "./operations/create-service-linked-role.js";
import { createUser } from "./operations/create-user.js";
import { createVirtualMFADevice } from "./operations/create-virtual-mfa-device.js";
import { deactivateMFADevice } from "./operations/deactivate-mfa-device.js";
import { deleteAccessKey } from "./operations/delete-access-key.js";
import { deleteAccountAlias } from "./operations/delete-account-alias.js";
import { deleteAccountPasswordPolicy } from "./operations/delete-account-password-policy.js";
import { deleteGroup } from "./operations/delete-group.js";
import { deleteGroupPolicy } from "./operations/delete-group-policy.js";
import { deleteInstanceProfile } from "./operations/delete-instance-profile.js";
import { deleteLoginProfile } from "./operations/delete-login-profile.js";
import { deletePolicy } from "./operations/delete-policy.js";
import { deletePolicyVersion } from "./operations/delete-policy-version.js";
import { deleteRole } from "./operations/delete-role.js";
import { deleteRolePermissionsBoundary } from "./operations/delete-role-permissions-boundary.js";
import { deleteRolePolicy } from "./operations/delete-role-policy.js";
import { deleteServiceLinkedRole } from "./operations/delete-service-linked-role.js";
import { deleteUser } from "./operations/delete-user.js";
import { deleteUserPermissionsBoundary } from "./operations/delete-user-permissions-boundary.js";
import { deleteUserPolicy } from "./operations/delete-user-policy.js";
import { deleteVirtualMFADevice } from "./operations/delete-virtual-mfa-device.js";
import { detachGroupPolicy } from "./operations/detach-group-policy.js";
import { detachRolePolicy } from "./operations/detach-role-policy.js";
import { detachUserPolicy } from "./operations/detach-user-policy.js";
import { enableMFADevice } from "./operations/enable-mfa-device.js";
import { getAccessKeyLastUsed } from "./operations/get-access-key-last-used.js";
import { getAccountPasswordPolicy } from "./operations/get-account-password-policy.js";
import { getAccountSummary } from "./operations/get-account-summary.js";
import { getContextKeysForCustomPolicy } from "./operations/get-context-keys-for-custom-policy.js";
import { getContextKeysForPrincipalPolicy } from "./operations/get-context-keys-for-principal-policy.js";
import { getGroup } from "./operations/get-group.js";
import { getGroupPolicy } from "./operations/get-group-policy.js";
import { getInstanceProfile } from "./operations/get-instance-profile.js";
import { getLoginProfile } from "./operations/get-login-profile.js";
import { getPolicy } from "./operations/get-policy.js";
import { getPolicyVersion } from "./operations/get-policy-version.js";
import { getRole } from "./operations/get-role.js";
import { getRolePolicy } from "./operations/get-role-policy.js";
import { getServiceLinkedRoleDeletionStatus } from "./operations/get-service-linked-role-deletion-status.js";
import { getUser } from "./operations/get-user.js";
import { getUserPolicy } from "./operations/get-user-policy.js";
import { listAccessKeys } from "./operations/list-access-keys.js";
import { listAccountAliases } from "./operations/list-account-aliases.js";
import { listAttachedGroupPolicies } from "./operations/list-attached-group-policies.js";
import { listAttachedRolePolicies } from "./operations/list-attached-role-policies.js";
import { listAttachedUserPolicies } from "./operations/list-attached-user-policies.js";
import { listEntitiesForPolicy } from "./operations/list-entities-for-policy.js";
import { listGroupPolicies } from "./operations/list-group-policies.js";
import { listGroups } from "./operations/list-groups.js";
import { listGroupsForUser } from "./operations/list-groups-for-user.js";
import { listInstanceProfileTags } from "./operations/list-instance-profile-tags.js";
import { listInstanceProfiles } from "./operations/list-instance-profiles.js";
import { listInstanceProfilesForRole } from "./operations/list-instance-profiles-for-role.js";
import { listMFADeviceTags } from "./operations/list-mfa-device-tags.js";
import { listMFADevices } from "./operations/list-mfa-devices.js";
import { listPolicies } from "./operations/list-policies.js";
import { listPolicyTags } from "./operations/list-policy-tags.js";
import { listPolicyVersions } from "./operations/list-policy-versions.js";
import { listRolePolicies } from "./operations/list-role-policies.js";
import { listRoleTags } from "./operations/list-role-tags.js";
import { listRoles } from "./operations/list-roles.js";
import { listUserPolicies } from "./operations/list-user-policies.js";
import { listUserTags } from "./operations/list-user-tags.js";
import { listUsers } from "./operations/list-users.js";
import { listVirtualMFADevices } from "./operations/list-virtual-mfa-devices.js";
import { putGroupPolicy } from "./operations/put-group-policy.js";
import { putRolePermissionsBoundary } from "./operations/put-role-permissions-boundary.js";
import { putRolePolicy } from "./operations/put-role-policy.js";
import { putUserPermissionsBoundary } from "./operations/put-user-permissions-boundary.js";
import { putUserPolicy } from "./operations/put-user-policy.js";
import { removeRoleFromInstanceProfile } from "./operations/remove-role-from-instance-profile.js";
import { removeUserFromGroup } from "./operations/remove-user-from-group.js";
import { resyncMFADevice } from "./operations/resync-mfa-device.js";
import { setDefaultPolicyVersion } from "./operations/set-default-policy-version.js";
import { simulateCustomPolicy } from "./operations/simulate-custom-policy.js";
import { simulatePrincipalPolicy } from "./operations/simulate-principal-policy.js";
import { tagInstanceProfile } from "./operations/tag-instance-profile.js";
import { tagMFADevice } from "./operations/tag-mfa-device.js";
import { tagPolicy } from "./operations/tag-policy.js";
import { tagRole } from "./operations/tag-role.js";
import { tagUser } from "./operations/tag-user.js";
import { untagInstanceProfile } from "./operations/untag-instance-profile.js";
import { untagMFADevice } from "./operations/untag-mfa-device.js";
import { untagPolicy } from "./operations/untag-policy.js";
import { untagRole } from "./operations/untag-role.js";
import { untagUser } from "./operations/untag-user.js";
import { updateAccessKey } from "./operations/update-access-key.js";
import { updateAccountPasswordPolicy } from "./operations/update-account-password-policy.js";
import { updateAssumeRolePolicy } from "./operations/update-assume-role-policy.js";
import { updateGroup } from "./operations/update-group.js";
import { updateLoginProfile } from "./operations/update-login-profile.js";
import { updateRole } from "./operations/update-role.js";
import { updateRoleDescription } from "./operations/update-role-description.js";
import { updateUser } from "./operations/update-user.js";
import type { IamPorts } from "./ports.js";
import { REPORT_OPERATIONS } from "./report-operations.js";
import { SAML_OPERATIONS } from "./saml-operations.js";

/** AWS IAM over the house's directory: docs/services/iam.md says what is real. */
export function iamService(ports: IamPorts): Service {
  return defineService({
    id: "iam",
    operations: OPERATIONS.map((operation) => refusingUserSessions(operation(ports))),
    denied: (denied) => accessDenied(denialText(denied)),
  });
}

const OPERATIONS = [
  ...CREDENTIAL_OPERATIONS,
  ...OIDC_OPERATIONS,
  ...SAML_OPERATIONS,
  ...REPORT_OPERATIONS,
  addRoleToInstanceProfile,
  addUserToGroup,
  attachGroupPolicy,
  attachRolePolicy,
  attachUserPolicy,
  changePassword,
  createAccessKey,
  createAccountAlias,
  createGroup,
  createInstanceProfile,
  createLoginProfile,
  createPolicy,
  createPolicyVersion,
  createRole,
  createServiceLinkedRole,
  createUser,
  createVirtualMFADevice,
  deactivateMFADevice,
  deleteAccessKey,
  deleteAccountAlias,
  deleteAccountPasswordPolicy,
  deleteGroup,
  deleteGroupPolicy,
  deleteInstanceProfile,
  deleteLoginProfile,
  deletePolicy,
  deletePolicyVersion,
  deleteRole,
  deleteRolePermissionsBoundary,
  deleteRolePolicy,
  deleteServiceLinkedRole,
  deleteUser,
  deleteUserPermissionsBoundary,
  deleteUserPolicy,
  deleteVirtualMFADevice,
  detachGroupPolicy,
  detachRolePolicy,
  detachUserPolicy,
  enableMFADevice,
  getAccessKeyLastUsed,
  getAccountPasswordPolicy,
  getAccountSummary,
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
  getGroup,
  getGroupPolicy,
  getInstanceProfile,
  getLoginProfile,
  getPolicy,
  getPolicyVersion,
  getRole,
  getRolePolicy,
  getServiceLinkedRoleDeletionStatus,
  getUser,
  getUserPolicy,
  listAccessKeys,
  listAccountAliases,
  listAttachedGroupPolicies,
  listAttachedRolePolicies,
  listAttachedUserPolicies,
  listEntitiesForPolicy,
  listGroupPolicies,
  listGroups,
  listGroupsForUser,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  listInstanceProfileTags,
  listMFADevices,
  listMFADeviceTags,
  listPolicies,
  listPolicyTags,
  listPolicyVersions,
  listRolePolicies,
  listRoles,
  listRoleTags,
  listUserPolicies,
  listUsers,
  listUserTags,
  listVirtualMFADevices,
  putGroupPolicy,
  putRolePermissionsBoundary,
  putRolePolicy,
  putUserPermissionsBoundary,
  putUserPolicy,
  removeRoleFromInstanceProfile,
  removeUserFromGroup,
  resyncMFADevice,
  setDefaultPolicyVersion,
  simulateCustomPolicy,
  simulatePrincipalPolicy,
  tagInstanceProfile,
  tagMFADevice,
  tagPolicy,
  tagRole,
  tagUser,
  untagInstanceProfile,
  untagMFADevice,
  untagPolicy,
  untagRole,
  untagUser,
  updateAccessKey,
  updateAccountPasswordPolicy,
  updateAssumeRolePolicy,
  updateGroup,
  updateLoginProfile,
  updateRole,
  updateRoleDescription,
  updateUser,
];

/** Credentials of GetSessionToken call IAM only if a code of an MFA device came with the call; a federated user's never. */
function refusingUserSessions(operation: AnyOperation): AnyOperation {
  return {
    ...operation,
    target: async (ctx: RequestContext, input: unknown) => {
      const { session, principal } = ctx.caller;
      const hasMfa = session?.mfaAt !== undefined && principal.kind !== "federated-user";
      if (session !== undefined && principal.kind !== "assumed-role" && !hasMfa)
        throw invalidToken("The security token included in the request is invalid");
      return operation.target(ctx, input);
    },
  };
}
