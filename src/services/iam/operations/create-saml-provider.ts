import { type SamlProvider, samlDocuments, samlProviderArn, samlProviders } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { readMetadata, recordedRequest, refuseEncryption, shownArn } from "../saml-providers.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";
import { responseElements } from "../trail.js";

const MOST = QUOTAS.SAMLProvidersPerAccount;

export const createSAMLProvider = operation("CreateSAMLProvider", {
  checks: (ctx, input) => {
    const arn = samlProviderArn(ctx.caller.account, input.Name);
    const values = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateSAMLProvider", arn, values);
    return values.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagSAMLProvider", arn, values)];
  },

  run: (ctx, input, _ok, { database }) => {
    refuseEncryption(input);
    const tags = parseTags(input.Tags, "keep-case");
    const { account } = ctx.caller;
    const named = { account, name: input.Name, path: "/", ownerId: "" };
    const provider: SamlProvider = {
      ...named,
      ...readMetadata(input.SAMLMetadataDocument, ctx.time),
      id: ctx.ids.unique("SAMLSP"),
      createdMs: ctx.time.getTime(),
      tags,
    };
    return ctx.commit(database, async (tx) => {
      if ((await samlProviders.count(tx, account)) >= MOST) throw exceeds("SAMLProvidersPerAccount", MOST);
      await unlessTaken(`Provider with name ${input.Name} already exists.`, samlProviders.insert(tx, provider));
      await samlDocuments.insert(tx, { ...named, document: input.SAMLMetadataDocument });
      return { SAMLProviderArn: shownArn(provider), ...someTags(tags) };
    });
  },

  audit: { request: recordedRequest, response: responseElements },
});
