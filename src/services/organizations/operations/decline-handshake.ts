import { aboutHandshake, settle } from "../handshakes.js";
import { operation } from "../ports.js";
import { audit } from "../trail.js";

export const declineHandshake = operation("DeclineHandshake", {
  ...aboutHandshake("DeclineHandshake"),
  audit,
  run: (ctx, input, _ok, ports) => settle(ctx, ports, input.HandshakeId, { to: "DECLINED", by: "invited" }),
});
