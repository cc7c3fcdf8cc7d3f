import { aboutOidcProvider, existingProvider } from "../oidc-providers.js";
import { operation } from "../ports.js";
import { showTags } from "../tags.js";

export const getOpenIDConnectProvider = operation("GetOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:GetOpenIDConnectProvider"),
  run: async (_ctx, _input, { target }) => {
    const { hostPath, clientIds, thumbprints, createdAt, tags } = existingProvider(target);
    return {
      Url: hostPath,
      ClientIDList: [...clientIds],
      ThumbprintList: [...thumbprints],
      CreateDate: createdAt,
      Tags: showTags(tags),
    };
  },
});
