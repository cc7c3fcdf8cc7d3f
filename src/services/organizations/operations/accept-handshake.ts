import { treeStore, wholeSeconds } from "../../../identity/index.js";
import { errors } from "../errors.js";
import { aboutHandshake, settle } from "../handshakes.js";
import { operation } from "../ports.js";
import { audit } from "../trail.js";
import { attachFullAccess, rootOf } from "../tree.js";

/** The account that was invited joins, below the root. */
export const acceptHandshake = operation("AcceptHandshake", {
  ...aboutHandshake("AcceptHandshake"),
  audit,
  run: (ctx, input, _ok, ports) =>
    settle(ctx, ports, input.HandshakeId, {
      to: "ACCEPTED",
      by: "invited",
      joining: async (tx, { handshake, organization }) => {
        const { account, tags } = handshake;
        if ((await treeStore.member(tx, account)) !== undefined)
          throw errors.handshakeConstraint(
            "ALREADY_IN_AN_ORGANIZATION",
            "The specified account is already a member of an organization.",
          );
        const { id: parent } = await rootOf(tx, organization);
        const joined = { joinedMethod: "INVITED", joinedAt: wholeSeconds(ctx.time), tags } as const;
        await treeStore.putMember(tx, { account, organization: organization.id, parent, ...joined });
        await attachFullAccess(tx, organization, account);
      },
    }),
});
