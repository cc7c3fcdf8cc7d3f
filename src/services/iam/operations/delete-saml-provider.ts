import { samlDocuments, samlProviders } from "../../../identity/index.js";
import { operation } from "../ports.js";
import { aboutSamlProvider } from "../saml-providers.js";
import { changeThing } from "../things.js";

/** Roles that trust it are assumed by nobody through it from then on. Sessions that it opened go on until they expire. */
export const deleteSAMLProvider = operation("DeleteSAMLProvider", {
  ...aboutSamlProvider("iam:DeleteSAMLProvider"),
  run: (ctx, _input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, { account, name }) => {
      await samlProviders.delete(tx, account, name);
      await samlDocuments.delete(tx, account, name);
      return {};
    }),
});
