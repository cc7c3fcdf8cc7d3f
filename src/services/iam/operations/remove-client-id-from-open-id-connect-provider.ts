import { aboutOidcProvider, changeProvider } from "../oidc-providers.js";
import { operation } from "../ports.js";

/** Removing one that is not there succeeds. */
export const removeClientIDFromOpenIDConnectProvider = operation("RemoveClientIDFromOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:RemoveClientIDFromOpenIDConnectProvider"),
  run: (ctx, input, ok, ports) =>
    changeProvider(ctx, ports, ok, (provider) => ({
      ...provider,
      clientIds: provider.clientIds.filter((each) => each !== input.ClientID),
    })),
});
