import { samlDocuments } from "../../../identity/index.js";
import { operation } from "../ports.js";
import { aboutSamlProvider } from "../saml-providers.js";
import { showTags } from "../tags.js";
import { existingThing } from "../things.js";

export const getSAMLProvider = operation("GetSAMLProvider", {
  ...aboutSamlProvider("iam:GetSAMLProvider"),
  run: async (_ctx, _input, { target }, { database }) => {
    const { account, name, id, createdMs, validUntilMs, tags } = existingThing(target);
    const stored = await database.read((tx) => samlDocuments.find(tx, account, name));
    if (stored === undefined) throw target.kind.noSuch(name, target.arn); // deleted since it was looked up
    return {
      SAMLProviderUUID: id,
      SAMLMetadataDocument: stored.document,
      CreateDate: new Date(createdMs),
      ValidUntil: new Date(validUntilMs),
      Tags: showTags(tags),
      AssertionEncryptionMode: "Allowed" as const,
      PrivateKeyList: [],
    };
  },
});
