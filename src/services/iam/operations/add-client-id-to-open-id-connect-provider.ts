import { aboutOidcProvider, changeProvider, parseClientIds } from "../oidc-providers.js";
import { operation } from "../ports.js";

/** Adding one that is there succeeds. */
export const addClientIDToOpenIDConnectProvider = operation("AddClientIDToOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:AddClientIDToOpenIDConnectProvider"),
  run: (ctx, input, ok, ports) =>
    changeProvider(ctx, ports, ok, (provider) => ({
      ...provider,
      clientIds: parseClientIds([...provider.clientIds, input.ClientID]),
    })),
});
