import { aboutHandshake, handshakeOf } from "../handshakes.js";
import { operation } from "../ports.js";
import { showHandshake } from "../shown.js";

/** For both of its sides. */
export const describeHandshake = operation("DescribeHandshake", {
  ...aboutHandshake("DescribeHandshake"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { organization, handshake } = await handshakeOf(tx, ctx.caller.account, input.HandshakeId);
      return { Handshake: await showHandshake(tx, organization, handshake, ctx.time) };
    }),
});
