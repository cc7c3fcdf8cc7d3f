import {
  FULL_ACCESS,
  type Organization,
  type OrganizationNode,
  type OrganizationPolicyType,
  policyStore,
  treeStore,
} from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { isAccountTarget, isRootId } from "./arns.js";
import { errors } from "./errors.js";

/** A root or unit of this organization. */
export async function findNode(tx: ReadTx, { id }: Organization, node: string): Promise<OrganizationNode | undefined> {
  const found = await treeStore.node(tx, node);
  return found?.organization === id ? found : undefined;
}

export async function rootOf(tx: ReadTx, { id }: Organization): Promise<OrganizationNode> {
  const root = await treeStore.root(tx, id);
  if (root === undefined) throw errors.rootNotFound();
  return root;
}

/** Throws OrganizationalUnitNotFoundException. */
export async function unitOf(tx: ReadTx, organization: Organization, id: string): Promise<OrganizationNode> {
  const unit = await findNode(tx, organization, id);
  if (unit?.parent === undefined) throw errors.unitNotFound();
  return unit;
}

/** Throws ParentNotFoundException. */
export async function parentOf(tx: ReadTx, organization: Organization, id: string): Promise<OrganizationNode> {
  const node = await findNode(tx, organization, id);
  if (node === undefined) throw errors.parentNotFound();
  return node;
}

/** A member of this organization. */
export async function memberOf(tx: ReadTx, { id }: Organization, account: string) {
  const member = await treeStore.member(tx, account);
  if (member?.organization !== id) throw errors.accountNotFound();
  return member;
}

/** What a policy may hang on, with the name that lists show. Throws TargetNotFoundException. */
export async function targetOf(tx: ReadTx, organization: Organization, id: string): Promise<void> {
  const isThere = isAccountTarget(id)
    ? (await treeStore.member(tx, id))?.organization === organization.id
    : (await findNode(tx, organization, id)) !== undefined;
  if (!isThere) throw errors.targetNotFound();
}

/** How many units deep a node lies: 0 for the root. */
export async function depthOf(tx: ReadTx, node: OrganizationNode): Promise<number> {
  let depth = 0;
  for (let at: OrganizationNode | undefined = node; at?.parent !== undefined; depth += 1)
    at = await treeStore.node(tx, at.parent);
  return depth;
}

/** `o-1/r-1/ou-1/`, as answers show where something lies. */
export async function pathOf(tx: ReadTx, organization: Organization, id: string): Promise<string> {
  const ids: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = (await treeStore.node(tx, at))?.parent) ids.unshift(at);
  return `${[organization.id, ...ids].join("/")}/`;
}

export const nodeType = (id: string): "ROOT" | "ORGANIZATIONAL_UNIT" => (isRootId(id) ? "ROOT" : "ORGANIZATIONAL_UNIT");
export const targetType = (id: string): "ACCOUNT" | ReturnType<typeof nodeType> =>
  isAccountTarget(id) ? "ACCOUNT" : nodeType(id);

/** Of each enabled kind, the policy of AWS's own that lets everything through: it hangs on whatever is new. */
export async function attachFullAccess(
  tx: WriteTx,
  organization: Organization,
  target: string,
  types: readonly OrganizationPolicyType[] = organization.policyTypes,
): Promise<void> {
  for (const type of types)
    await policyStore.attach(tx, { organization: organization.id, type, target, policy: FULL_ACCESS[type].id });
}

/** Letters and digits in lower case. */
export const newSuffix = (ctx: RequestContext, chars: number) => ctx.ids.base32(chars).toLowerCase();
