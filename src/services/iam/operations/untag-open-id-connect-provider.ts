import { aboutOidcProvider, changeProvider } from "../oidc-providers.js";
import { operation } from "../ports.js";
import { removeTags } from "../tags.js";

interface Input {
  readonly OpenIDConnectProviderArn: string;
  readonly TagKeys: readonly string[];
}

export const untagOpenIDConnectProvider = operation("UntagOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:UntagOpenIDConnectProvider", (input: Input) => [["aws:tagkeys", input.TagKeys]]),
  run: (ctx, input, ok, ports) =>
    changeProvider(ctx, ports, ok, (provider) => ({
      ...provider,
      tags: removeTags(provider.tags, input.TagKeys, "ignore-case"),
    })),
});
