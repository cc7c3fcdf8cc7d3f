import {
  findAwsPolicy,
  type Organization,
  type OrganizationPolicy,
  type OrganizationPolicyType,
  policyStore,
} from "../../identity/index.js";
import { type PolicyKind, PolicySyntaxError, parsePolicy } from "../../policy/index.js";
import type { ReadTx } from "../../store/index.js";
import { errors } from "./errors.js";
import { POLICY_QUOTAS } from "./quotas.js";

const KINDS: ReadonlyMap<string, PolicyKind> = new Map([
  ["SERVICE_CONTROL_POLICY", "service-control"],
  ["RESOURCE_CONTROL_POLICY", "resource-control"],
]);

/** Kinds that configure services AWS has and the house has not; organizations for billing alone have none at all. */
export function checkType({ featureSet }: Organization, type: string): OrganizationPolicyType {
  if (featureSet !== "ALL" || !KINDS.has(type)) throw errors.typeNotAvailable();
  return type as OrganizationPolicyType; // one of the map's
}

/** Throws MalformedPolicyDocumentException, or ConstraintViolationException for one that is too long. */
export function checkContent(type: OrganizationPolicyType, content: string): void {
  if (content.length > POLICY_QUOTAS[type].contentChars)
    throw errors.constraint(
      "POLICY_CONTENT_LIMIT_EXCEEDED",
      "You attempted to create a policy that is larger than the maximum size.",
    );
  try {
    parsePolicy(content, KINDS.get(type) ?? "service-control", { managed: true });
  } catch (thrown) {
    if (thrown instanceof PolicySyntaxError) throw errors.malformedPolicy();
    throw thrown;
  }
}

/** A policy of this organization or of AWS's own. Throws PolicyNotFoundException. */
export async function policyOf(tx: ReadTx, { id }: Organization, policy: string): Promise<OrganizationPolicy> {
  const own = findAwsPolicy(policy) ?? (await policyStore.policy(tx, policy));
  if (own === undefined || (own.organization !== "" && own.organization !== id)) throw errors.policyNotFound();
  return own;
}

/** One that the organization may change: AWS's own stay as they are. */
export async function ownPolicyOf(tx: ReadTx, organization: Organization, id: string): Promise<OrganizationPolicy> {
  const policy = await policyOf(tx, organization, id);
  if (policy.organization === "")
    throw errors.input("IMMUTABLE_POLICY", "You specified a policy that is managed by AWS and can't be modified.");
  return policy;
}
