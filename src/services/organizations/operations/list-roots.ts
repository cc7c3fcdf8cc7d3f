import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { showRoot } from "../shown.js";
import { rootOf } from "../tree.js";

/** There is one. */
export const listRoots = operation("ListRoots", {
  ...about("ListRoots"),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const roots = [await rootOf(tx, organization)];
      const { items, end } = await pageOfList(`ListRoots ${organization.id}`, input, roots, ({ id }) => id);
      return { Roots: items.map((root) => showRoot(organization, root)), ...end };
    }),
});
