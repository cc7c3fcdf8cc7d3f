import { type AccountId, DAY_MS } from "../../base/index.js";
import { type Handshake, type Organization, requestsStore, treeStore, wholeSeconds } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { errors } from "./errors.js";
import type { OrganizationsPorts } from "./ports.js";
import { QUOTAS } from "./quotas.js";
import { about } from "./seat.js";
import { showHandshake, stateOf } from "./shown.js";

/** A quota bounds what an organization sends; this only keeps a list from filling memory. */
export const MOST_HANDSHAKES = 10_000;

export const isWaiting = (handshake: Handshake, now: Date) => stateOf(handshake, now) === "OPEN";

/** Answered ones are shown for a while. */
export const isListed = (handshake: Handshake, now: Date): boolean => {
  const overMs = handshake.state === "OPEN" ? handshake.expiresMs : handshake.changedMs;
  return now.getTime() < overMs + QUOTAS.handshakeDays * DAY_MS;
};

interface Sides {
  readonly handshake: Handshake;
  readonly organization: Organization;
}

/** What the caller has a part in, as who invites or as who is invited. Throws HandshakeNotFoundException. */
export async function handshakeOf(tx: ReadTx, account: AccountId, id: string): Promise<Sides> {
  const handshake = await requestsStore.handshake(tx, id);
  const organization = handshake && (await treeStore.organization(tx, handshake.organization));
  if (handshake === undefined || organization === undefined) throw errors.handshakeNotFound();
  if (handshake.account !== account && organization.management !== account) throw errors.handshakeNotFound();
  return { handshake, organization };
}

export interface HandshakeInput {
  readonly HandshakeId: string;
}

/** Who is invited is in no organization that an ARN could name. */
export const aboutHandshake = (action: string) =>
  about(action, ({ management, id }, input: HandshakeInput) => [
    `arn:aws:organizations::${management}:handshake/${id}/invite/${input.HandshakeId}`,
  ]);

/** Moves an open invitation to its last state, by the one of the two who may. */
export const settle = (
  ctx: RequestContext,
  { database }: OrganizationsPorts,
  id: string,
  move: {
    readonly to: "ACCEPTED" | "DECLINED" | "CANCELED";
    readonly by: "invited" | "inviting";
    readonly joining?: (tx: WriteTx, sides: Sides) => Promise<void>;
  },
) =>
  ctx.commit(database, async (tx) => {
    const sides = await handshakeOf(tx, ctx.caller.account, id);
    const { handshake, organization } = sides;
    const mover = move.by === "invited" ? handshake.account : organization.management;
    if (mover !== ctx.caller.account) throw errors.accessDenied();
    if (handshake.state === move.to) throw errors.handshakeInState();
    if (!isWaiting(handshake, ctx.time)) throw errors.handshakeTransition();
    const settled: Handshake = { ...handshake, state: move.to, changedMs: wholeSeconds(ctx.time).getTime() };
    await requestsStore.putHandshake(tx, settled);
    await move.joining?.(tx, sides);
    return { Handshake: await showHandshake(tx, organization, settled, ctx.time) };
  });
