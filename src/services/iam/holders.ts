import {
  type Authorized,
  directory,
  findManagedPolicy,
  type Group,
  type HolderKind,
  type Role,
  type User,
} from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { checkInlineDocument, encodeDocument } from "./documents.js";
import { change, type Named, read } from "./entities.js";
import { deleteConflict, exceeds, noSuchEntity } from "./errors.js";
import { pageOfList } from "./pages.js";
import { checkPolicyArn, isVisible, noSuchPolicy } from "./policies.js";
import type { IamPorts } from "./ports.js";
import { refuseProtected } from "./protected-roles.js";
import { QUOTAS } from "./quotas.js";

/**
 * What is the same for the inline and attached policies of users, roles and groups: each function here is the `run`
 * of three operations.
 */
type Ok = Authorized<Named<HolderKind>>;

interface Inline {
  readonly PolicyName: string;
}

interface Attached {
  readonly PolicyArn: string;
}

interface Listing {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
  readonly PathPrefix?: string | undefined;
}

const MOST_ATTACHED = {
  user: "PoliciesPerUser",
  role: "PoliciesPerRole",
  group: "PoliciesPerGroup",
} as const;

/** For what changes the policies of a holder. */
function refuseProtectedHolder(kind: HolderKind, entity: User | Role | Group): void {
  if (kind === "role") refuseProtected(entity);
}

const holderOf = (kind: HolderKind, entity: User | Role | Group) => ({
  kind,
  account: entity.account,
  id: entity.id,
  name: entity.name,
});

export async function putInlinePolicy(
  ctx: RequestContext,
  input: Inline & { readonly PolicyDocument: string },
  ok: Ok,
  ports: IamPorts,
): Promise<object> {
  return change(ctx, ports, ok, async (tx, entity) => {
    refuseProtectedHolder(ok.target.kind, entity);
    const holder = holderOf(ok.target.kind, entity);
    const all = await directory.inlinePolicies(tx, holder);
    const others = all.filter(({ name }) => name.toLowerCase() !== input.PolicyName.toLowerCase());
    checkInlineDocument(holder, others, input.PolicyDocument);
    await directory.putInlinePolicy(tx, holder, { name: input.PolicyName, document: input.PolicyDocument });
    return {};
  });
}

export async function getInlinePolicy(_ctx: RequestContext, input: Inline, ok: Ok, ports: IamPorts) {
  return read(ports, ok, async (tx, entity) => {
    const all = await directory.inlinePolicies(tx, holderOf(ok.target.kind, entity));
    const policy = all.find(({ name }) => name.toLowerCase() === input.PolicyName.toLowerCase());
    if (policy === undefined) throw noSuchInline(ok.target.kind, input.PolicyName);
    return { PolicyName: policy.name, PolicyDocument: encodeDocument(policy.document) };
  });
}

export async function listInlinePolicies(_ctx: RequestContext, input: Listing, ok: Ok, ports: IamPorts) {
  return read(ports, ok, async (tx, entity) => {
    const all = await directory.inlinePolicies(tx, holderOf(ok.target.kind, entity));
    const { items, end } = pageOfList(`inline:${entity.id}`, all, input, ({ name }) => name);
    return { PolicyNames: items.map(({ name }) => name), ...end };
  });
}

export async function deleteInlinePolicy(ctx: RequestContext, input: Inline, ok: Ok, ports: IamPorts): Promise<object> {
  return change(ctx, ports, ok, async (tx, entity) => {
    refuseProtectedHolder(ok.target.kind, entity);
    const holder = holderOf(ok.target.kind, entity);
    const isGone = await directory.deleteInlinePolicy(tx, holder, input.PolicyName);
    if (!isGone) throw noSuchInline(holder.kind, input.PolicyName);
    return {};
  });
}

const noSuchInline = (kind: HolderKind, name: string) =>
  noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

export async function attachPolicy(ctx: RequestContext, input: Attached, ok: Ok, ports: IamPorts): Promise<object> {
  const { PolicyArn: arn } = input;
  checkPolicyArn(arn);
  return change(ctx, ports, ok, async (tx, entity) => {
    refuseProtectedHolder(ok.target.kind, entity);
    const policy = isVisible(entity.account, arn) ? await findManagedPolicy(tx, arn) : undefined;
    if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    const holder = holderOf(ok.target.kind, entity);
    const attached = await directory.attached(tx, holder);
    if (attached.some((other) => other.arn === arn)) return {};
    const quota = MOST_ATTACHED[holder.kind];
    if (attached.length >= QUOTAS[quota]) throw exceeds(quota, QUOTAS[quota]);
    await directory.attach(tx, holder, policy);
    return {};
  });
}

export async function detachPolicy(ctx: RequestContext, input: Attached, ok: Ok, ports: IamPorts): Promise<object> {
  checkPolicyArn(input.PolicyArn);
  return change(ctx, ports, ok, async (tx, entity) => {
    refuseProtectedHolder(ok.target.kind, entity);
    const isGone = await directory.detach(tx, holderOf(ok.target.kind, entity), input.PolicyArn);
    if (!isGone) throw noSuchPolicy(input.PolicyArn);
    return {};
  });
}

export async function listAttachedPolicies(_ctx: RequestContext, input: Listing, ok: Ok, ports: IamPorts) {
  return read(ports, ok, async (tx, entity) => {
    const { PathPrefix: prefix = "/" } = input;
    const all = await directory.attached(tx, holderOf(ok.target.kind, entity));
    const matching = all.filter(({ arn }) => arn.slice(arn.indexOf(":policy/") + 7).startsWith(prefix));
    const { items, end } = pageOfList(`attached:${entity.id}`, matching, input, ({ name, arn }) => `${name} ${arn}`);
    return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...end };
  });
}

/** Nothing is deleted on which a policy still hangs. */
export async function refuseWhileHolding(tx: ReadTx, kind: HolderKind, entity: User | Role | Group): Promise<void> {
  const holder = holderOf(kind, entity);
  if ((await directory.attached(tx, holder)).length > 0)
    throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if ((await directory.inlinePolicies(tx, holder)).length > 0)
    throw deleteConflict("Cannot delete entity, must delete policies first.");
}
