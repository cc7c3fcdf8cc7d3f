import {
  directory,
  instanceProfiles,
  mfaDevices,
  oidcProviders,
  samlProviders,
  serverCertificates,
  signingCertificates,
} from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";
import { INLINE_BYTES, QUOTAS } from "../quotas.js";

const MOST_DEVICES = QUOTAS.VirtualMFADevicesPerAccount;

export const getAccountSummary = operation("GetAccountSummary", {
  checks: onAccount("iam:GetAccountSummary"),
  run: (ctx, _input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const counts = await directory.counts(tx, account);
      const issuers = await oidcProviders.list(tx, account);
      const devices = await mfaDevices.list(tx, { account, pathPrefix: "/", after: "", limit: MOST_DEVICES });
      const rootCertificates = await signingCertificates.of(tx, account);
      const rootKeys = await directory.accessKeys(tx, account, undefined);
      return {
        SummaryMap: {
          Users: counts.users,
          UsersQuota: QUOTAS.UsersPerAccount,
          Groups: counts.groups,
          GroupsQuota: QUOTAS.GroupsPerAccount,
          Roles: counts.roles,
          RolesQuota: QUOTAS.RolesPerAccount,
          Policies: counts.policies,
          PoliciesQuota: QUOTAS.PoliciesPerAccount,
          PolicyVersionsInUse: counts.policyVersions,
          PolicyVersionsInUseQuota: QUOTAS.PolicyVersionsInUse,
          VersionsPerPolicyQuota: QUOTAS.VersionsPerPolicy,
          PolicySizeQuota: QUOTAS.PolicySize,
          UserPolicySizeQuota: INLINE_BYTES.user,
          GroupPolicySizeQuota: INLINE_BYTES.group,
          RolePolicySizeQuota: INLINE_BYTES.role,
          AssumeRolePolicySizeQuota: QUOTAS.ACLSizePerRole,
          AccessKeysPerUserQuota: QUOTAS.AccessKeysPerUser,
          GroupsPerUserQuota: QUOTAS.GroupsPerUser,
          AttachedPoliciesPerUserQuota: QUOTAS.PoliciesPerUser,
          AttachedPoliciesPerGroupQuota: QUOTAS.PoliciesPerGroup,
          AttachedPoliciesPerRoleQuota: QUOTAS.PoliciesPerRole,
          AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
          AccountMFAEnabled: devices.some(({ ownerId }) => ownerId === account) ? 1 : 0,
          AccountPasswordPresent: 0,
          AccountSigningCertificatesPresent: rootCertificates.length > 0 ? 1 : 0,
          SigningCertificatesPerUserQuota: QUOTAS.CertificatesPerUser,
          ServerCertificates: await serverCertificates.count(tx, account),
          ServerCertificatesQuota: QUOTAS.ServerCertificatesPerAccount,
          GlobalEndpointTokenVersion: 2,
          MFADevices: devices.length,
          MFADevicesInUse: devices.filter(({ ownerId }) => ownerId !== "").length,
          InstanceProfiles: await instanceProfiles.count(tx, account),
          InstanceProfilesQuota: QUOTAS.InstanceProfilesPerAccount,
          Providers: issuers.length + (await samlProviders.count(tx, account)),
        },
      };
    }),
});
