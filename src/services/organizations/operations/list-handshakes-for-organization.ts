import { listHandshakes } from "../list-handshakes.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";

export const listHandshakesForOrganization = operation("ListHandshakesForOrganization", {
  ...about("ListHandshakesForOrganization"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, (tx, { id }) => listHandshakes(tx, ctx, input, "organization", id)),
});
