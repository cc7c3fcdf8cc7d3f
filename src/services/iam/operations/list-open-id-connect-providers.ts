import { oidcProviders } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";

export const listOpenIDConnectProviders = operation("ListOpenIDConnectProviders", {
  checks: onAccount("iam:ListOpenIDConnectProviders"),
  run: async (ctx, _input, _ok, { database }) => {
    const providers = await database.read((tx) => oidcProviders.list(tx, ctx.caller.account));
    return { OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) };
  },
});
