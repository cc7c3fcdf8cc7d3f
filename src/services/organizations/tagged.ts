import { type Organization, policyStore, type Tag, treeStore } from "../../identity/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { isAccountTarget, policyArn, targetArn } from "./arns.js";
import { errors } from "./errors.js";
import { ownPolicyOf } from "./policies.js";
import { findNode } from "./tree.js";

/** A root, unit, account or policy, with its tags and how to change them. */
export interface Tagged {
  readonly tags: readonly Tag[];
  put(tx: WriteTx, tags: readonly Tag[]): Promise<void>;
}

/** Throws TargetNotFoundException. */
export async function taggedOf(tx: ReadTx, organization: Organization, id: string): Promise<Tagged> {
  if (id.startsWith("p-")) {
    const { tags } = await ownPolicyOf(tx, organization, id).catch(() => {
      throw errors.targetNotFound();
    });
    return { tags, put: (write, changed) => policyStore.tagPolicy(write, id, changed) };
  }
  if (isAccountTarget(id)) {
    const member = await treeStore.member(tx, id);
    if (member?.organization !== organization.id) throw errors.targetNotFound();
    return { tags: member.tags, put: (write, tags) => treeStore.putMember(write, { ...member, tags }) };
  }
  const node = await findNode(tx, organization, id);
  if (node === undefined) throw errors.targetNotFound();
  return { tags: node.tags, put: (write, tags) => treeStore.tagNode(write, id, tags) };
}

/** For the authorizer: a policy's kind stands in its ARN, and any kind may be meant. */
export const taggedArn = (organization: Organization, id: string) =>
  id.startsWith("p-")
    ? policyArn(organization, { id, type: "SERVICE_CONTROL_POLICY", organization: organization.id })
    : targetArn(organization, id);
