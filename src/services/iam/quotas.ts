import { table } from "../../base/index.js";

/** IAM's default quotas, under the names that its errors use. */
export const QUOTAS = table({
  UsersPerAccount: 5000,
  RolesPerAccount: 1000,
  GroupsPerAccount: 300,
  PoliciesPerAccount: 1500,
  AccessKeysPerUser: 2,
  GroupsPerUser: 10,
  PoliciesPerUser: 10,
  PoliciesPerRole: 10,
  PoliciesPerGroup: 10,
  VersionsPerPolicy: 5,
  PolicySize: 6144,
  ACLSizePerRole: 2048,
  TagsPerResource: 50,
  MFADevicesPerUser: 8,
  VirtualMFADevicesPerAccount: 5000,
  InstanceProfilesPerAccount: 1000,
  InstanceSessionsPerInstanceProfile: 1,
  OpenIdConnectProvidersPerAccount: 100,
  ClientIdsPerOpenIdConnectProvider: 100,
  SAMLProvidersPerAccount: 100,
  SSHPublicKeysPerUser: 5,
  CertificatesPerUser: 2,
  ServerCertificatesPerAccount: 20,
  ServiceSpecificCredentialsPerUser: 2,
  PolicyVersionsInUse: 10_000,
});

/** Bytes of all inline policies together, white space not counted (kms 5.8). */
export const INLINE_BYTES = table({ user: 2048, group: 5120, role: 10_240 });
