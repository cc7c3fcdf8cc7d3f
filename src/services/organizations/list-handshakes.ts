import type { HandshakeFilter } from "@aws-sdk/client-organizations";
import { requestsStore, treeStore } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { isListed, MOST_HANDSHAKES } from "./handshakes.js";
import { pageOfList } from "./pages.js";
import { showHandshake } from "./shown.js";

interface Input {
  readonly Filter?: HandshakeFilter | undefined;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** Invitations are the only handshakes there are. */
export async function listHandshakes(
  tx: ReadTx,
  ctx: RequestContext,
  input: Input,
  by: "organization" | "account",
  of: string,
) {
  const isWanted = (input.Filter?.ActionType ?? "INVITE") === "INVITE" && input.Filter?.ParentHandshakeId === undefined;
  const all = isWanted ? await requestsStore.handshakes(tx, by, of, "", MOST_HANDSHAKES) : [];
  const listed = all.filter((handshake) => isListed(handshake, ctx.time));
  const { items, end } = await pageOfList(`ListHandshakes ${by} ${of}`, input, listed, ({ id }) => id);
  const Handshakes = [];
  for (const handshake of items) {
    const organization = await treeStore.organization(tx, handshake.organization);
    if (organization !== undefined) Handshakes.push(await showHandshake(tx, organization, handshake, ctx.time));
  }
  return { Handshakes, ...end };
}
