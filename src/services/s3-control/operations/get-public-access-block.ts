import { errors } from "../errors.js";
import { onAccount } from "../on-account.js";
import { operation } from "../ports.js";

export const getPublicAccessBlock = operation("GetPublicAccessBlock", {
  ...onAccount("GetAccountPublicAccessBlock"),
  run: async (_ctx, _input, { target: account }, ports) => {
    const block = await ports.blocks.find(account);
    if (block === undefined) throw errors.noSuchBlock(account);
    return { PublicAccessBlockConfiguration: { ...block } };
  },
});
