import { type AccountId, parseArn } from "../../base/index.js";
import { type Authorized, type Check, type OidcProvider, oidcProviders } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { WriteTx } from "../../store/index.js";
import { checkOn } from "./entities.js";
import { exceeds, invalidInput, noSuchEntity, validationError } from "./errors.js";
import type { IamPorts } from "./ports.js";
import { QUOTAS } from "./quotas.js";

/** A provider that a request names by ARN. It may not exist; those of other accounts do not, for this one. */
export interface NamedProvider {
  readonly arn: string;
  readonly account: AccountId;
  readonly hostPath: string;
  readonly found: OidcProvider | undefined;
}

type Values = readonly (readonly [string, string | readonly string[]])[];

/** `target` and `checks` of an operation on one OpenID Connect provider. */
export const aboutOidcProvider = <Input extends { readonly OpenIDConnectProviderArn: string }>(
  action: string,
  values: (input: Input) => Values = () => [],
) => ({
  target: async (ctx: RequestContext, input: Input, { database }: IamPorts): Promise<NamedProvider> => {
    const arn = input.OpenIDConnectProviderArn;
    const { account, hostPath } = parseProviderArn(arn);
    const isOwn = account === ctx.caller.account;
    const found = isOwn ? await database.read((tx) => oidcProviders.find(tx, ctx.caller.account, hostPath)) : undefined;
    return { arn, account: ctx.caller.account, hostPath: isOwn ? hostPath : "", found };
  },
  checks: (ctx: RequestContext, input: Input, { arn, found }: NamedProvider): readonly Check[] => [
    checkOn(ctx, action, arn, [...resourceTags(found), ...values(input)]),
  ],
});

function parseProviderArn(arn: string): { account: string; hostPath: string } {
  const parts = parseArn(arn);
  const hostPath = /^oidc-provider\/(.+)$/.exec(parts?.resource ?? "")?.[1];
  if (parts?.service !== "iam" || hostPath === undefined) throw validationError("Invalid ARN");
  return { account: parts.account, hostPath };
}

const resourceTags = (provider: OidcProvider | undefined): Values =>
  (provider?.tags ?? []).map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, value] as const);

export function existingProvider({ arn, found }: NamedProvider): OidcProvider {
  if (found === undefined) throw noSuchProvider(arn);
  return found;
}

/** Changes a provider in one unit of work, read again inside it. */
export function changeProvider(
  ctx: RequestContext,
  { database }: IamPorts,
  { target }: Authorized<NamedProvider>,
  change: (provider: OidcProvider) => OidcProvider,
): Promise<object> {
  return ctx.commit(database, async (tx: WriteTx) => {
    const provider = await oidcProviders.find(tx, target.account, target.hostPath);
    if (provider === undefined) throw noSuchProvider(target.arn);
    await oidcProviders.update(tx, change(provider));
    return {};
  });
}

const noSuchProvider = (arn: string) => noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);

/** What stands in ARNs and condition keys. Tokens name their issuer by this URL, so it is kept as it was written. */
export function parseProviderUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === "" && url.password === "" && url.hash === "";
  // The pattern keeps out what no ARN can hold and no policy could name.
  const hostPath = /^https:\/\/([A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~/%+=@-]*)?)$/.exec(text)?.[1];
  if (!isPlain || hostPath === undefined) throw validationError("Invalid Open ID Connect Provider URL");
  return hostPath.replace(/\/$/, "");
}

export function parseThumbprints(list: readonly string[] | undefined): readonly string[] {
  const thumbprints = list ?? [];
  if (thumbprints.length > MOST_THUMBPRINTS) throw invalidInput("Thumbprint list must contain fewer than 5 entries.");
  return [...new Set(thumbprints.map((each) => each.toLowerCase()))];
}

const MOST_THUMBPRINTS = 5;

/** Each id once, in the order in which they came. */
export function parseClientIds(list: readonly string[]): readonly string[] {
  const clientIds = [...new Set(list)];
  const most = QUOTAS.ClientIdsPerOpenIdConnectProvider;
  if (clientIds.length > most) throw exceeds("ClientIdsPerOpenIdConnectProvider", most);
  return clientIds;
}
