import { type AccountId, type Arn, AwsError } from "../../base/index.js";
import type { GrantView, PrincipalView } from "../../policy/index.js";
import { type Key, type KeyRef, keyArn } from "../key.js";
import { suitsGrant } from "../key-spec.js";
import type { EncryptionContext } from "../port.js";
import { QUOTAS } from "../quotas.js";

/** Sixty-four hex digits. */
export type GrantId = string & { readonly [grantId]: true };
declare const grantId: unique symbol;

export const isGrantId = (text: string): text is GrantId => /^[0-9a-f]{64}$/.test(text);

/** An ARN (user, role, session, federated user, account root), or a service's name. */
export interface GrantPrincipal {
  readonly name: string;
  readonly isService: boolean;
}

/** One key, one grantee, some operations (kms G-1). Immutable: revoked and made anew to change it. */
export interface Grant {
  readonly key: KeyRef;
  readonly id: GrantId;
  /** Empty when the caller gave none. */
  readonly name: string;
  readonly createdAt: Date;
  readonly issuingAccount: AccountId;
  readonly grantee: GrantPrincipal;
  /** IAM's unique id of a hosted grantee: a namesake made after the grantee was deleted inherits nothing (kms G-9). */
  readonly granteeUniqueId?: string;
  readonly retiring?: GrantPrincipal;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints;
}

export interface GrantConstraints {
  readonly contextEquals?: EncryptionContext;
  readonly contextSubset?: EncryptionContext;
  readonly sourceArn?: string;
}

/** What the caller asked for, before it is a grant. */
export type GrantRequest = Pick<
  Grant,
  "name" | "issuingAccount" | "grantee" | "retiring" | "operations" | "constraints"
>;

/** Equal for equal requests: with a name, the same request gives the same grant again (kms G-17). */
export function fingerprint(request: GrantRequest): string {
  const { name, issuingAccount, grantee, retiring, operations, constraints } = request;
  const sorted = (context: EncryptionContext | undefined) =>
    Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    name,
    issuingAccount,
    [grantee.name, grantee.isService],
    retiring === undefined ? null : [retiring.name, retiring.isService],
    [...new Set(operations)].sort(),
    constraints.contextEquals === undefined ? null : sorted(constraints.contextEquals),
    constraints.contextSubset === undefined ? null : sorted(constraints.contextSubset),
    constraints.sourceArn ?? null,
  ]);
}

/** Whether the grant's grantee can be this principal at all: what the cache and the index look grants up by. */
export function granteeNames(principal: PrincipalView): string[] {
  if (principal.service !== undefined) return [principal.service];
  const root = rootArn(principal.account, principal.arn);
  return [...new Set([principal.arn, principal.roleArn ?? principal.arn, root])].filter((name) => name !== "");
}

/** The partition is the caller's own, so that a grant to an account's root is found in every partition. */
function rootArn(account: string, callerArn: string): string {
  const partition = callerArn.split(":")[1] ?? "aws";
  return `arn:${partition}:iam::${account}:root`;
}

/** A grant whose grantee was deleted and made anew under the same name stays without effect. */
export function isInertFor(grant: Grant, principal: PrincipalView): boolean {
  return (
    grant.granteeUniqueId !== undefined &&
    principal.uniqueId !== undefined &&
    principal.uniqueId !== grant.granteeUniqueId
  );
}

export function grantView(grant: Grant): GrantView {
  return {
    id: grant.id,
    grantee: grant.grantee.name,
    operations: new Set(grant.operations),
    ...grant.constraints,
  };
}

/** The operations must suit the key, and encryption context exists on symmetric encryption keys only (kms G-4, G-5). */
export function checkSuits(key: Key, request: GrantRequest): void {
  const unfit = request.operations.find((operation) => !suitsGrant(key.spec, key.usage, operation));
  if (unfit !== undefined) {
    throw validation(`Operation ${unfit} is not valid for the key spec ${key.spec} and the key usage ${key.usage}.`);
  }
  const { contextEquals, contextSubset } = request.constraints;
  if ((contextEquals ?? contextSubset) !== undefined && key.spec !== "SYMMETRIC_DEFAULT") {
    throw validation("Encryption context constraints are valid for symmetric encryption keys only.");
  }
}

/** What can be said of a request without its key (kms G-2, G-3, G-5). */
export function checkGrantRequest(request: GrantRequest): void {
  const { contextEquals, contextSubset, sourceArn } = request.constraints;
  if (contextEquals !== undefined && contextSubset !== undefined) {
    throw validation("EncryptionContextEquals and EncryptionContextSubset exclude each other.");
  }
  checkPairs(contextEquals ?? contextSubset ?? {});
  if (!request.grantee.isService) return;
  if (sourceArn === undefined) throw validation("A GranteeServicePrincipal requires the SourceArn constraint.");
  if (request.retiring === undefined) throw validation("A GranteeServicePrincipal requires a retiring principal.");
}

function checkPairs(context: EncryptionContext): void {
  const values = Object.values(context);
  if (values.length > QUOTAS.contextPairsPerConstraint) {
    throw validation(`A grant constraint holds at most ${QUOTAS.contextPairsPerConstraint} encryption context pairs.`);
  }
  if (values.some((value) => value.length > QUOTAS.contextValueInConstraint)) {
    throw validation(`A value in a grant constraint has at most ${QUOTAS.contextValueInConstraint} characters.`);
  }
}

/** A grant made on the strength of another one gives nothing that its parent does not give (kms G-14). */
export function isWithin(child: GrantRequest, parent: Grant): boolean {
  return (
    child.operations.every((operation) => parent.operations.includes(operation)) &&
    (parent.constraints.sourceArn === undefined || child.constraints.sourceArn === parent.constraints.sourceArn) &&
    contextIsWithin(child.constraints, parent.constraints)
  );
}

function contextIsWithin(child: GrantConstraints, parent: GrantConstraints): boolean {
  if (parent.contextEquals !== undefined) {
    return (
      child.contextEquals !== undefined &&
      contains(child.contextEquals, parent.contextEquals) &&
      contains(parent.contextEquals, child.contextEquals)
    );
  }
  if (parent.contextSubset === undefined) return true;
  const pairs = child.contextEquals ?? child.contextSubset;
  return pairs !== undefined && contains(pairs, parent.contextSubset);
}

/** Keys of constraints compare without case, values with it (kms G-6). */
function contains(outer: EncryptionContext, inner: EncryptionContext): boolean {
  const pairs = new Map(Object.entries(outer).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(inner).every(([name, value]) => pairs.get(name.toLowerCase()) === value);
}

/**
 * Who may retire a grant, said as grants of the one operation (kms 6.4): the retiring principal, the grantee when
 * RetireGrant is among its operations, and the account that made the grant, which may delegate to its own principals.
 * So the ordinary decision applies, denies in identity policies included, and the key policy has no say.
 */
export function retirementViews(grant: Grant): GrantView[] {
  const retires = (grantee: string): GrantView => ({ id: grant.id, grantee, operations: new Set(["RetireGrant"]) });
  const partition = keyArn(grant.key).split(":")[1];
  return [
    ...(grant.retiring === undefined ? [] : [retires(grant.retiring.name)]),
    ...(grant.operations.includes("RetireGrant") ? [retires(grant.grantee.name)] : []),
    retires(`arn:${partition}:iam::${grant.issuingAccount}:root`),
  ];
}

export const noSuchGrant = (id: string): AwsError => new AwsError("NotFoundException", `Grant ID ${id} not found`);

export function parseGrantId(text: string): GrantId {
  if (!isGrantId(text)) throw new AwsError("InvalidGrantIdException", `Invalid grant ID ${text}`);
  return text;
}

export const childTooWide = (callerArn: string, arn: Arn): AwsError =>
  new AwsError(
    "AccessDeniedException",
    `User: ${callerArn} is not authorized to perform: kms:CreateGrant on resource: ${arn} because the grant that allows it does not allow all that the new grant asks for`,
  );

const validation = (message: string) => new AwsError("ValidationException", message);
