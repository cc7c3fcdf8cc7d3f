import type { ReadTx } from "../store/index.js";
import { AWS_MANAGED, type AwsManagedPolicy } from "./aws-managed-policies.js";
import type { ManagedPolicy, PolicyVersion } from "./directory.js";
import { directory } from "./directory-store.js";

/** A customer's policy or one of AWS's own. */
export async function findManagedPolicy(tx: ReadTx, arn: string): Promise<ManagedPolicy | undefined> {
  return AWS_MANAGED.get(arn)?.policy ?? directory.managedPolicy(tx, arn);
}

/** The text in force, or undefined when there is no such policy (any more). */
export async function findDefaultDocument(tx: ReadTx, arn: string): Promise<string | undefined> {
  return AWS_MANAGED.get(arn)?.document ?? directory.defaultDocument(tx, arn);
}

/** Newest first. AWS's own policies show the version in force alone. */
export async function policyVersionsOf(tx: ReadTx, policy: ManagedPolicy): Promise<readonly PolicyVersion[]> {
  const own = AWS_MANAGED.get(policy.arn);
  return own === undefined ? directory.policyVersions(tx, policy.id) : [versionOf(own)];
}

export async function findPolicyVersion(
  tx: ReadTx,
  policy: ManagedPolicy,
  version: string,
): Promise<PolicyVersion | undefined> {
  const own = AWS_MANAGED.get(policy.arn);
  if (own === undefined) return directory.policyVersion(tx, policy.id, version);
  return version === own.policy.defaultVersion ? versionOf(own) : undefined;
}

export const isAwsManaged = (arn: string) => arn.startsWith("arn:aws:iam::aws:policy/");

/** AWS's own policies in order of name. */
export const awsManagedPolicies = (): ManagedPolicy[] => [...AWS_MANAGED.values()].map(({ policy }) => policy);

const versionOf = ({ policy, document }: AwsManagedPolicy): PolicyVersion => ({
  policyId: policy.id,
  version: policy.defaultVersion,
  document,
  createdAt: policy.updatedAt,
});
