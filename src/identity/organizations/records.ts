import type { AccountId } from "../../base/index.js";
import type { Tag } from "../directory.js";

/** The kinds of policies that an organization decides by. AWS's other kinds configure services. */
export type OrganizationPolicyType = "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";

export interface Organization {
  readonly id: string;
  /** Its owner, whom no policy of the organization limits. */
  readonly management: AccountId;
  readonly featureSet: "ALL" | "CONSOLIDATED_BILLING";
  /** Those that are enabled in its root. */
  readonly policyTypes: readonly OrganizationPolicyType[];
  readonly createdAt: Date;
}

/** The root, which has no parent, or an organizational unit. */
export interface OrganizationNode {
  readonly id: string;
  readonly organization: string;
  readonly parent?: string;
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly createdAt: Date;
}

export interface Member {
  readonly account: AccountId;
  readonly organization: string;
  readonly parent: string;
  readonly joinedMethod: "INVITED" | "CREATED";
  readonly joinedAt: Date;
  readonly tags: readonly Tag[];
}

export interface OrganizationPolicy {
  readonly id: string;
  /** Empty for AWS's own. */
  readonly organization: string;
  readonly type: OrganizationPolicyType;
  readonly name: string;
  readonly description: string;
  readonly content: string;
  readonly tags: readonly Tag[];
}

/** That a policy hangs on a node or an account. */
export interface OrganizationAttachment {
  readonly organization: string;
  readonly type: OrganizationPolicyType;
  readonly target: string;
  readonly policy: string;
}

/** That an account was asked for, and what came of it. Kept as JSON: times are milliseconds. */
export interface AccountRequest {
  readonly id: string;
  readonly organization: string;
  readonly name: string;
  readonly state: "SUCCEEDED" | "FAILED";
  readonly requestedMs: number;
  readonly account?: AccountId;
  readonly failure?: "EMAIL_ALREADY_EXISTS";
}

/** An invitation, which its account answers. Kept as JSON: times are milliseconds. */
export interface Handshake {
  readonly id: string;
  readonly organization: string;
  /** Who is invited. */
  readonly account: AccountId;
  /** How they were named. */
  readonly target: { readonly type: "ACCOUNT" | "EMAIL"; readonly id: string };
  readonly state: "OPEN" | "ACCEPTED" | "DECLINED" | "CANCELED";
  readonly requestedMs: number;
  readonly expiresMs: number;
  /** When it took its last state. */
  readonly changedMs: number;
  readonly notes?: string;
  readonly tags: readonly Tag[];
}
