import { aboutOidcProvider, changeProvider } from "../oidc-providers.js";
import { operation } from "../ports.js";
import { addTags, parseTags, requestTagValues, type TagInput } from "../tags.js";

interface Input {
  readonly OpenIDConnectProviderArn: string;
  readonly Tags: readonly TagInput[];
}

export const tagOpenIDConnectProvider = operation("TagOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:TagOpenIDConnectProvider", (input: Input) => requestTagValues(input.Tags)),
  run: (ctx, input, ok, ports) => {
    const added = parseTags(input.Tags, "ignore-case");
    return changeProvider(ctx, ports, ok, (provider) => ({
      ...provider,
      tags: addTags(provider.tags, added, "ignore-case"),
    }));
  },
});
