import { parseArn } from "../base/index.js";
import type { PrincipalElement, Selection } from "./document.js";
import type { PolicyRequest, PrincipalView } from "./types.js";

/**
 * How a statement reaches the caller. The way matters: it decides what else must agree (kms 5.3, A-5).
 * Bits, so that a whole policy sums up in one number.
 */
export const REACH = {
  /** By the ARN of the user, session or federated user itself, or by `*`. */
  direct: 1,
  /** By the ARN of the caller's role, or by where its session comes from. */
  role: 2,
  /** By the caller's account, which may delegate. */
  account: 4,
  /** The caller is the account's root and the account is named. */
  self: 8,
  /** A service principal by its name. */
  service: 16,
} as const;

/** The reach of a statement, 0 for none. */
export type ReachOf = (request: PolicyRequest) => number;

interface Named {
  readonly everyone: boolean;
  /** ARNs and unique ids of users, roles and sessions. */
  readonly names: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly federated: ReadonlySet<string>;
}

/** A document without principals speaks of whoever it is attached to. */
export function compilePrincipal(selection: Selection<PrincipalElement>, isDeny: boolean): ReachOf {
  if (selection === undefined) return () => REACH.direct;
  const named = readNamed(selection.value);
  if (!selection.isNot) return isDeny ? (request) => denyReach(named, request) : (request) => reach(named, request);
  return isDeny ? (request) => (isSpared(named, request) ? 0 : REACH.direct) : (request) => otherReach(named, request);
}

function readNamed(element: PrincipalElement): Named {
  const entries = element === "*" ? [["AWS", ["*"]] as const] : element;
  const of = (type: string) => entries.filter(([each]) => each === type).flatMap(([, names]) => names);
  const aws = of("AWS");
  return {
    everyone: aws.includes("*"),
    names: new Set(aws.filter((name) => name !== "*" && accountIn(name) === undefined)),
    accounts: new Set(aws.map(accountIn).filter((account) => account !== undefined)),
    services: new Set(of("Service")),
    federated: new Set(of("Federated")),
  };
}

/** The account that a bare id or a root ARN names: the same thing in two forms. */
function accountIn(name: string): string | undefined {
  if (/^\d{12}$/.test(name)) return name;
  const parts = parseArn(name);
  return parts?.service === "iam" && parts.resource === "root" ? parts.account : undefined;
}

function reach(named: Named, request: PolicyRequest): number {
  const { principal } = request;
  if (principal.kind === "service") return isNamedService(named, principal) ? REACH.service : 0;
  let bits = named.everyone || isNamedItself(named, principal) ? REACH.direct : 0;
  if (isNamedRole(named, principal)) bits |= REACH.role;
  if (named.accounts.has(principal.account)) bits |= principal.kind === "root" ? REACH.self : REACH.account;
  return named.federated.size === 0 ? bits : bits | federatedReach(named, request);
}

/** A Deny to everyone hits services too, where an Allow does not let them in (kms S-6). */
const denyReach = (named: Named, request: PolicyRequest) => (named.everyone ? REACH.direct : reach(named, request));

const isNamedService = ({ services }: Named, { service }: PrincipalView) =>
  service !== undefined && services.has(service);

function isNamedItself({ names }: Named, { kind, arn, uniqueId }: PrincipalView): boolean {
  if (names.has(arn)) return true;
  return kind === "user" && uniqueId !== undefined && names.has(uniqueId);
}

/** A role's unique id and its ARN both mean every session of it. */
function isNamedRole({ names }: Named, { roleArn, uniqueId }: PrincipalView): boolean {
  if (roleArn === undefined) return false;
  return names.has(roleArn) || (uniqueId !== undefined && names.has(uniqueId));
}

/** A caller who shows a provider's token is that provider's principal; a session made of one came from there. */
function federatedReach({ federated }: Named, { principal, values }: PolicyRequest): number {
  const provider = values.get("aws:federatedprovider");
  if (typeof provider !== "string" || !federated.has(provider)) return 0;
  return principal.kind === "anonymous" ? REACH.direct : REACH.role;
}

/**
 * Deny with NotPrincipal spares only a caller all of whose names are listed: the account, and the user, or the
 * role and the session (kms 5.8).
 */
function isSpared(named: Named, { principal }: PolicyRequest): boolean {
  if (named.everyone) return true;
  if (principal.kind === "service") return isNamedService(named, principal);
  if (!named.accounts.has(principal.account)) return false;
  if (principal.kind === "root") return true;
  return isNamedItself(named, principal) && (principal.roleArn === undefined || isNamedRole(named, principal));
}

/** Allow with NotPrincipal, read literally, lets in whom no name in the list means; services must be named. */
function otherReach(named: Named, request: PolicyRequest): number {
  const isListed = named.everyone || request.principal.kind === "service" || reach(named, request) !== 0;
  return isListed ? 0 : REACH.direct;
}
