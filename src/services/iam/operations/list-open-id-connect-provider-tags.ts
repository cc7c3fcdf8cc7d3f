import { aboutOidcProvider, existingProvider } from "../oidc-providers.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { showTags } from "../tags.js";

export const listOpenIDConnectProviderTags = operation("ListOpenIDConnectProviderTags", {
  ...aboutOidcProvider("iam:ListOpenIDConnectProviderTags"),
  run: async (_ctx, input, { target }) => {
    const { arn, tags } = existingProvider(target);
    const { items, end } = pageOfList(`tags:${arn}`, tags, input, ({ key }) => key);
    return { Tags: showTags(items), ...end };
  },
});
