import { type OidcProvider, oidcProviderArn, oidcProviders, wholeSeconds } from "../../../identity/index.js";
import { checkOn } from "../entities.js";
import { exceeds } from "../errors.js";
import { unlessTaken } from "../names.js";
import { parseClientIds, parseProviderUrl, parseThumbprints } from "../oidc-providers.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { parseTags, requestTagValues, someTags } from "../tags.js";
import { responseElements } from "../trail.js";

const MOST = QUOTAS.OpenIdConnectProvidersPerAccount;

/** Nothing is asked of the issuer here: without thumbprints the list stays empty, where AWS would fetch one. */
export const createOpenIDConnectProvider = operation("CreateOpenIDConnectProvider", {
  checks: (ctx, input) => {
    const arn = oidcProviderArn(ctx.caller.account, parseProviderUrl(input.Url));
    const tagValues = requestTagValues(input.Tags);
    const check = checkOn(ctx, "iam:CreateOpenIDConnectProvider", arn, tagValues);
    return tagValues.length === 0 ? [check] : [check, checkOn(ctx, "iam:TagOpenIDConnectProvider", arn, tagValues)];
  },

  run: (ctx, input, _ok, { database }) => {
    const { account } = ctx.caller;
    const hostPath = parseProviderUrl(input.Url);
    const provider: OidcProvider = {
      account,
      hostPath,
      arn: oidcProviderArn(account, hostPath),
      clientIds: parseClientIds(input.ClientIDList ?? []),
      thumbprints: parseThumbprints(input.ThumbprintList),
      tags: parseTags(input.Tags, "ignore-case"),
      createdAt: wholeSeconds(ctx.time),
    };
    return ctx.commit(database, async (tx) => {
      await unlessTaken(`Provider with url ${input.Url} already exists.`, oidcProviders.insert(tx, provider));
      if ((await oidcProviders.list(tx, account)).length > MOST)
        throw exceeds("OpenIdConnectProvidersPerAccount", MOST);
      return { OpenIDConnectProviderArn: provider.arn, ...someTags(provider.tags) };
    });
  },

  audit: { response: responseElements },
});
