import { mfaDevices } from "../../../identity/index.js";
import { aboutUser, read } from "../entities.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";

export const listMFADevices = operation("ListMFADevices", {
  ...aboutUser("iam:ListMFADevices"),
  run: (_ctx, input, ok, ports) =>
    read(ports, ok, async (tx, user) => {
      const all = await mfaDevices.of(tx, user.id);
      const { items, end } = pageOfList(`mfa:${user.id}`, all, input, ({ name }) => name.toLowerCase());
      const shown = items.map(({ serial, enabledMs }) => ({
        UserName: user.name,
        SerialNumber: serial,
        EnableDate: new Date(enabledMs),
      }));
      return { MFADevices: shown, ...end };
    }),
});
