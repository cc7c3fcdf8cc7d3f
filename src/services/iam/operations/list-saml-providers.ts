import { samlProviders } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { shownArn } from "../saml-providers.js";

const MOST = QUOTAS.SAMLProvidersPerAccount;

export const listSAMLProviders = operation("ListSAMLProviders", {
  checks: onAccount("iam:ListSAMLProviders"),
  run: async (ctx, _input, _ok, { database }) => {
    const slice = { account: ctx.caller.account, pathPrefix: "/", after: "", limit: MOST };
    const providers = await database.read((tx) => samlProviders.list(tx, slice));
    return {
      SAMLProviderList: providers.map((provider) => ({
        Arn: shownArn(provider),
        ValidUntil: new Date(provider.validUntilMs),
        CreateDate: new Date(provider.createdMs),
      })),
    };
  },
});
