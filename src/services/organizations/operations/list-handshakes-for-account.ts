import { listHandshakes } from "../list-handshakes.js";
import { operation } from "../ports.js";
import { about } from "../seat.js";

/** Those that the caller's account was sent. It need not be in any organization. */
export const listHandshakesForAccount = operation("ListHandshakesForAccount", {
  ...about("ListHandshakesForAccount"),
  run: (ctx, input, _ok, { database }) =>
    database.read((tx) => listHandshakes(tx, ctx, input, "account", ctx.caller.account)),
});
