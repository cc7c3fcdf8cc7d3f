import { createAccount } from "../../../identity/index.js";
import { ownOperation } from "../../../kit/index.js";
import { houseCheck, refuseGuests, textMember } from "../owner.js";
import type { StrongroomPorts } from "../ports.js";

/** Makes an account with root credentials of its own. The secret is in this answer and nowhere else. */
export const createAccountOperation = ownOperation("CreateAccount", {
  readOnly: false,
  parse: (input) => ({ name: textMember(input, "name", 50) }),
  checks: (ctx) => [houseCheck(ctx, "CreateAccount")],
  run: async (ctx, input, _ok, ports: StrongroomPorts) => {
    await refuseGuests(ctx, ports);
    const { account, rootKey } = await ctx.commit(ports.database, (tx) => createAccount(tx, input, ports));
    return { accountId: account.id, name: account.name, accessKeyId: rootKey.id, secretAccessKey: rootKey.secret };
  },
});
