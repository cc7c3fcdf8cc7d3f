import { NO_CONTENT, onAccount } from "../on-account.js";
import { operation } from "../ports.js";

/** AWS has no action of its own for it: who may set a block may take it away. */
export const deletePublicAccessBlock = operation("DeletePublicAccessBlock", {
  ...onAccount("PutAccountPublicAccessBlock"),
  run: async (ctx, _input, { target: account }, ports) => {
    await ports.blocks.put(ctx, account, undefined);
    return NO_CONTENT;
  },
});
