import { requestsStore } from "../../../identity/index.js";
import { page } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showRequest } from "../shown.js";

export const listCreateAccountStatus = operation("ListCreateAccountStatus", {
  ...about("ListCreateAccountStatus"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, { id }) => {
      const wanted = new Set<string>(input.States ?? []);
      const { items, end } = await page(
        `ListCreateAccountStatus ${id}`,
        input,
        (after, limit) => requestsStore.accountRequests(tx, id, after, limit),
        (request) => request.id,
      );
      // As AWS's lists may: a page can be short of what a filter left out, and there is more while it has a token.
      const chosen = items.filter(({ state }) => wanted.size === 0 || wanted.has(state));
      return { CreateAccountStatuses: chosen.map(showRequest), ...end };
    }),
});
