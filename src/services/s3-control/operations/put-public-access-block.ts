import { onAccount } from "../on-account.js";
import { operation } from "../ports.js";

export const putPublicAccessBlock = operation("PutPublicAccessBlock", {
  ...onAccount("PutAccountPublicAccessBlock"),
  run: async (ctx, input, { target: account }, ports) => {
    const given = input.PublicAccessBlockConfiguration;
    await ports.blocks.put(ctx, account, {
      BlockPublicAcls: given.BlockPublicAcls ?? false,
      IgnorePublicAcls: given.IgnorePublicAcls ?? false,
      BlockPublicPolicy: given.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
    });
    return {};
  },
});
