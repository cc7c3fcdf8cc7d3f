import { samlDocuments, samlProviders } from "../../../identity/index.js";
import { invalidInput } from "../errors.js";
import { operation } from "../ports.js";
import { aboutSamlProvider, readMetadata, recordedRequest, refuseEncryption } from "../saml-providers.js";
import { changeThing } from "../things.js";
import { responseElements } from "../trail.js";

/** Replaces the document whole: keys that the new one leaves out are trusted no more, at once. */
export const updateSAMLProvider = operation("UpdateSAMLProvider", {
  ...aboutSamlProvider("iam:UpdateSAMLProvider"),

  run: (ctx, input, ok, ports) => {
    const { SAMLMetadataDocument: document, AssertionEncryptionMode: mode } = input;
    refuseEncryption(input);
    if (document === undefined && mode === undefined)
      throw invalidInput(
        "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
      );
    const metadata = document === undefined ? undefined : readMetadata(document, ctx.time);
    return changeThing(ctx, ports, ok, async (tx, provider) => {
      if (document !== undefined && metadata !== undefined) {
        const { account, name, path, ownerId } = provider;
        await samlProviders.update(tx, { ...provider, ...metadata });
        await samlDocuments.update(tx, { account, name, path, ownerId, document });
      }
      return { SAMLProviderArn: ok.target.arn };
    });
  },

  audit: { request: recordedRequest, response: responseElements },
});
