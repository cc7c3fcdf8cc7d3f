import { treeStore } from "../../../identity/index.js";
import { isAccountTarget, targetArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { findNode, nodeType } from "../tree.js";

/** A unit or account has one. */
export const listParents = operation("ListParents", {
  ...about("ListParents", (organization, input: { ChildId: string }) => [targetArn(organization, input.ChildId)]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const child = isAccountTarget(input.ChildId)
        ? await treeStore.member(tx, input.ChildId)
        : await findNode(tx, organization, input.ChildId);
      if (child?.organization !== organization.id || child.parent === undefined) throw errors.childNotFound();
      return { Parents: [{ Id: child.parent, Type: nodeType(child.parent) }] };
    }),
});
