import { invalidAuthorizationMessage } from "../errors.js";
import { operation } from "../ports.js";

/** Opens a refusal that this house encoded for the caller's account. */
export const decodeAuthorizationMessage = operation("DecodeAuthorizationMessage", {
  readOnly: true,
  checks: (ctx) => [
    { action: "sts:DecodeAuthorizationMessage", resource: "*", side: { kind: "none", account: ctx.caller.account } },
  ],
  run: async (ctx, input, _ok, { identity }) => {
    const decoded = identity.decodeDenial(ctx.caller.account, input.EncodedMessage);
    if (decoded === undefined) throw invalidAuthorizationMessage("Message is not valid");
    return { DecodedMessage: decoded };
  },
});
