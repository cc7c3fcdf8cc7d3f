import { aboutOidcProvider, changeProvider, parseThumbprints } from "../oidc-providers.js";
import { operation } from "../ports.js";

export const updateOpenIDConnectProviderThumbprint = operation("UpdateOpenIDConnectProviderThumbprint", {
  ...aboutOidcProvider("iam:UpdateOpenIDConnectProviderThumbprint"),
  run: (ctx, input, ok, ports) => {
    const thumbprints = parseThumbprints(input.ThumbprintList);
    return changeProvider(ctx, ports, ok, (provider) => ({ ...provider, thumbprints }));
  },
});
