import { aboutHandshake, settle } from "../handshakes.js";
import { operation } from "../ports.js";
import { audit } from "../trail.js";

export const cancelHandshake = operation("CancelHandshake", {
  ...aboutHandshake("CancelHandshake"),
  audit,
  run: (ctx, input, _ok, ports) => settle(ctx, ports, input.HandshakeId, { to: "CANCELED", by: "inviting" }),
});
