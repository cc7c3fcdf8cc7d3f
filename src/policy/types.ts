import type { Statement } from "./statement.js";

/**
 * Condition values of one request. Names are lower case (`aws:sourceip`, `kms:encryptioncontext:team`). Every Map
 * is one; `identity` layers the caller's and the operation's over each other instead of copying them.
 */
export interface RequestValues {
  get(name: string): string | readonly string[] | undefined;
  has(name: string): boolean;
}

/** Who asks, as `Principal` elements and grants see them. */
export interface PrincipalView {
  readonly kind: "root" | "user" | "assumed-role" | "federated-user" | "service" | "anonymous";
  /** The caller's ARN: user, `sts:…:assumed-role/…`, account root. Empty for services and anonymous callers. */
  readonly arn: string;
  readonly account: string;
  /** Of an assumed role: the role's ARN, path included, and its unique id. */
  readonly roleArn?: string;
  /** IAM's unique id (`AIDA…`, `AROA…`): policies store it when their principal's ARN is written (kms P-8). */
  readonly uniqueId?: string;
  /** Of a service principal: `s3.amazonaws.com`. */
  readonly service?: string;
}

export interface PolicyRequest {
  /** `kms:Decrypt`, in AWS's case; matching ignores case. */
  readonly action: string;
  /** The resource's ARN or `*`. */
  readonly resource: string;
  readonly principal: PrincipalView;
  readonly values: RequestValues;
}

/** What kind of document it is: decides which elements must and must not be there. */
export type PolicyKind = "identity" | "resource" | "key" | "trust" | "session" | "service-control" | "resource-control";

/** A parsed and compiled document: opaque, immutable, made by `parsePolicy`, cheap to evaluate many times. */
export interface Policy {
  readonly kind: PolicyKind;
  /** Absent in the document: the older one, which has no variables. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly Statement[];
}

export interface NamedPolicy {
  /** For explanations: an ARN, or `inline policy x of user y`. */
  readonly name: string;
  readonly policy: Policy;
}

/** Everything that speaks for the caller. */
export interface PrincipalPolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** Undefined: no session policy. Empty never occurs. */
  readonly session?: readonly NamedPolicy[];
  /**
   * The organization's levels above the caller, root to account, each with all that is attached to it: what one of
   * them does not allow is not allowed. Undefined: nothing controls the caller.
   */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[];
}

/** A grant as the decision sees it (kms section 6). */
export interface GrantView {
  readonly id: string;
  /** ARN of an account root, user, role, session or federated user; or a service principal's name. */
  readonly grantee: string;
  readonly operations: ReadonlySet<string>;
  readonly contextEquals?: Readonly<Record<string, string>>;
  readonly contextSubset?: Readonly<Record<string, string>>;
  readonly sourceArn?: string;
}

/** What speaks for the resource. */
export type ResourceSide =
  /** Operations on no resource with a policy: the caller's policies decide. */
  | { readonly kind: "none"; readonly account: string }
  /** Buckets and the like: in one account either side allows, across accounts both must. */
  | {
      readonly kind: "resource";
      readonly account: string;
      readonly policy?: NamedPolicy;
      /** What an access control list lets this request do, beside the policy. A list never denies. */
      readonly lists?: (request: PolicyRequest) => boolean;
    }
  /** KMS keys: the key policy is the root of authority (kms section 5.3), and grants add to it. */
  | {
      readonly kind: "key";
      readonly account: string;
      readonly policy: NamedPolicy;
      readonly grants: readonly GrantView[];
      readonly encryptionContext?: Readonly<Record<string, string>>;
    }
  /** Roles: the trust policy must allow; across accounts the caller's policies too. */
  | { readonly kind: "trust"; readonly account: string; readonly policy: NamedPolicy };

export interface DecisionInput {
  readonly request: PolicyRequest;
  readonly caller: PrincipalPolicies;
  readonly resource: ResourceSide;
  /** Resource control policies of the resource's account; undefined: none. */
  readonly resourceControl?: readonly NamedPolicy[] | undefined;
}

/** The kind of policy that decided against the caller, in AWS's words. */
export type Layer =
  | "service control policy"
  | "resource control policy"
  | "resource-based policy"
  | "identity-based policy"
  | "permissions boundary"
  | "session policy";

export type Decision =
  | {
      readonly allowed: true;
      /** What let it pass. `identity`: the caller's policies, where the resource delegates to them or has no say. */
      readonly by: "identity" | "resource" | "key-policy" | "grant" | "root";
      readonly grantId?: string;
    }
  | { readonly allowed: false; readonly explicit: boolean; readonly layer: Layer };
