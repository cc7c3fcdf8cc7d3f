import { treeStore } from "../../../identity/index.js";
import { accountArn, nodeArn } from "../arns.js";
import { errors } from "../errors.js";
import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { audit } from "../trail.js";
import { findNode, memberOf } from "../tree.js";

interface Move {
  readonly AccountId: string;
  readonly SourceParentId: string;
  readonly DestinationParentId: string;
}

/** What hangs on the account itself goes with it. */
export const moveAccount = operation("MoveAccount", {
  ...about("MoveAccount", (organization, { AccountId, SourceParentId, DestinationParentId }: Move) => [
    accountArn(organization, AccountId),
    nodeArn(organization, SourceParentId),
    nodeArn(organization, DestinationParentId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const member = await memberOf(tx, organization, input.AccountId);
      if ((await findNode(tx, organization, input.SourceParentId)) === undefined) throw errors.sourceNotFound();
      if ((await findNode(tx, organization, input.DestinationParentId)) === undefined)
        throw errors.destinationNotFound();
      if (member.parent === input.DestinationParentId) throw errors.duplicateAccount();
      if (member.parent !== input.SourceParentId) throw errors.sourceNotFound();
      await treeStore.putMember(tx, { ...member, parent: input.DestinationParentId });
      return {};
    }),
});
