import { directory } from "../../../identity/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

/** The accounts of this house, in order of their number. */
export const listAccounts = ownOperation("ListAccounts", {
  readOnly: true,
  parse: () => ({}),
  checks: (ctx) => [houseCheck(ctx, "ListAccounts")],
  run: async (ctx, _input, _ok, ports: StrongroomPorts) => {
    await refuseGuests(ctx, ports);
    const accounts = await ports.database.read((tx) => directory.accounts(tx));
    return {
      accounts: accounts.map(({ id, name, createdAt }) => ({
        accountId: id,
        name,
        createdAt: createdAt.toISOString(),
      })),
    };
  },
});
