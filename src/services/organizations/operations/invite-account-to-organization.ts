import { DAY_MS } from "../../../base/index.js";
import { directory, type Handshake, requestsStore, treeStore, wholeSeconds } from "../../../identity/index.js";
import { accountArn } from "../arns.js";
import { errors } from "../errors.js";
import { isWaiting, MOST_HANDSHAKES } from "../handshakes.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { about, changing } from "../seat.js";
import { showHandshake } from "../shown.js";
import { parseTags } from "../tags.js";
import { audit } from "../trail.js";

interface Input {
  readonly Target: { readonly Id: string | undefined };
}

/** An account of this house, by its number or by the address that it was made with. */
export const inviteAccountToOrganization = operation("InviteAccountToOrganization", {
  ...about("InviteAccountToOrganization", (organization, { Target }: Input) => [
    accountArn(organization, Target.Id ?? "*"),
  ]),
  audit,
  run: (ctx, input, _ok, ports) => {
    const tags = parseTags(input.Tags);
    const { Id: id = "", Type: type } = input.Target;
    if (type !== "ACCOUNT" && type !== "EMAIL")
      throw errors.input("INVALID_PARTY_TYPE_TARGET", "You specified the wrong type of entity as the target.");
    return changing(ctx, ports, async (tx, organization) => {
      const account = type === "ACCOUNT" ? await directory.account(tx, id) : await directory.accountByEmail(tx, id);
      if (account === undefined || account.closedAt !== undefined) throw errors.accountNotFound();
      if ((await treeStore.member(tx, account.id)) !== undefined)
        throw errors.handshakeConstraint(
          "ALREADY_IN_AN_ORGANIZATION",
          "The specified account is already a member of an organization.",
        );
      if ((await treeStore.countMembers(tx, organization.id)) >= QUOTAS.accounts)
        throw errors.handshakeConstraint(
          "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
          "You have exceeded the allowed number of AWS accounts in your organization.",
        );
      const sent = await requestsStore.handshakes(tx, "account", account.id, "", MOST_HANDSHAKES);
      if (sent.some((each) => each.organization === organization.id && isWaiting(each, ctx.time)))
        throw errors.duplicateHandshake();
      const requestedMs = wholeSeconds(ctx.time).getTime();
      const handshake: Handshake = {
        id: `h-${ctx.ids.hex(32)}`,
        organization: organization.id,
        account: account.id,
        target: { type, id },
        state: "OPEN",
        requestedMs,
        changedMs: requestedMs,
        expiresMs: requestedMs + QUOTAS.invitationDays * DAY_MS,
        ...(input.Notes === undefined ? {} : { notes: input.Notes }),
        tags,
      };
      await requestsStore.putHandshake(tx, handshake);
      return { Handshake: await showHandshake(tx, organization, handshake, ctx.time) };
    });
  },
});
