import { oidcProviders } from "../../../identity/index.js";
import { aboutOidcProvider } from "../oidc-providers.js";
import { operation } from "../ports.js";

/** Succeeds when there is none, as on AWS. Sessions that its tokens opened go on until they expire. */
export const deleteOpenIDConnectProvider = operation("DeleteOpenIDConnectProvider", {
  ...aboutOidcProvider("iam:DeleteOpenIDConnectProvider"),
  run: (ctx, _input, { target }, { database }) =>
    ctx.commit(database, async (tx) => {
      await oidcProviders.delete(tx, target.account, target.hostPath);
      return {};
    }),
});
