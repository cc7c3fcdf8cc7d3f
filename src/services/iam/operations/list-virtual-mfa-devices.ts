import { mfaDevices } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { shownDevice } from "../mfa.js";
import { cutPage, pageStart } from "../pages.js";
import { operation } from "../ports.js";

/** A page may hold fewer than were asked for when a filter takes some out; its marker leads on. */
export const listVirtualMFADevices = operation("ListVirtualMFADevices", {
  checks: onAccount("iam:ListVirtualMFADevices"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const { account } = ctx.caller;
      const { AssignmentStatus: status = "Any" } = input;
      const scope = `virtual-mfa:${account}:${status}`;
      const { after, limit } = pageStart(scope, input);
      const rows = await mfaDevices.list(tx, { account, pathPrefix: "/", after, limit: limit + 1 });
      const { items, end } = cutPage(scope, rows, limit, ({ name }) => name.toLowerCase());
      const shown = [];
      for (const device of items) {
        const isAssigned = device.ownerId !== "";
        if (status !== "Any" && isAssigned !== (status === "Assigned")) continue;
        const { Tags: _tags, ...rest } = { Tags: undefined, ...(await shownDevice(tx, device)) };
        shown.push(rest);
      }
      return { VirtualMFADevices: shown, ...end };
    }),
});
