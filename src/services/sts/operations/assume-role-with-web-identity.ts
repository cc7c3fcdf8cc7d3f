import { type OidcProvider, oidcProviderArn, oidcProviders } from "../../../identity/index.js";
import type { InputOf } from "../../../kit/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { invalidIdentityToken, validationError } from "../errors.js";
import { type BroughtClaims, federatedChecks, openFederatedSession } from "../federated-session.js";
import { operation, type StsPorts } from "../ports.js";
import { type AssumedRole, checkedSeconds, findRole } from "../roles.js";
import { sessionClaimsOf } from "../web-identity/session-claims.js";
import { readToken, type UnverifiedToken, verifyToken, type WebIdentity } from "../web-identity/token.js";

type Input = InputOf<typeof import("@aws-sdk/client-sts"), "AssumeRoleWithWebIdentity">;

interface Target extends AssumedRole {
  readonly identity: WebIdentity;
  readonly provider: OidcProvider;
  readonly brought: BroughtClaims;
}

const ACTION = "sts:AssumeRoleWithWebIdentity";

/** Nobody signs this request: the token is the proof, and the role's trust policy decides about who it names. */
export const assumeRoleWithWebIdentity = operation("AssumeRoleWithWebIdentity", {
  readOnly: true,

  target: async (ctx, input, ports): Promise<Target> => {
    if (input.ProviderId !== undefined)
      throw validationError("Access tokens of OAuth 2.0 providers are not accepted here; leave ProviderId out.");
    const role = await ports.database.read((tx) => findRole(tx, input.RoleArn));
    const token = readToken(input.WebIdentityToken);
    const provider = await providerOf(ports, role, token);
    const identity = await verifyToken(token, provider.clientIds, ports.issuerKeys, ctx.clock);
    ctx.notes.proven = { account: role.account, userIdentity: userIdentityOf(provider, identity) };
    return { ...role, identity, provider, brought: sessionClaimsOf(identity.claims) };
  },

  checks: (_ctx, input, target) => federatedChecks(ACTION, target, target.brought, conditionValues(input, target)),

  run: async (ctx, input, { target }, ports) => {
    const { identity, provider, brought } = target;
    const { Policy, PolicyArns } = input;
    const { credentials, shown } = await openFederatedSession(
      ctx,
      {
        role: target,
        sessionName: input.RoleSessionName,
        limits: { Policy, PolicyArns },
        brought,
        federation: { federatedProvider: provider.arn },
        secondsFor: (role) => checkedSeconds(input.DurationSeconds, role),
      },
      ports,
    );
    return {
      Credentials: showCredentials(credentials),
      SubjectFromWebIdentityToken: identity.subject,
      Provider: provider.arn,
      Audience: identity.audience,
      ...shown,
    };
  },

  audit: {
    // The token is a credential until it expires.
    request: ({ RoleArn, RoleSessionName, DurationSeconds, Policy, PolicyArns }) => ({
      roleArn: RoleArn,
      roleSessionName: RoleSessionName,
      ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
      ...(Policy === undefined ? {} : { policy: Policy }),
      ...(PolicyArns === undefined ? {} : { policyArns: PolicyArns.map(({ arn }) => ({ arn })) }),
    }),
    response: ({ Credentials, AssumedRoleUser, SubjectFromWebIdentityToken, Provider, Audience, SourceIdentity }) => ({
      credentials: recordedCredentials(Credentials),
      subjectFromWebIdentityToken: SubjectFromWebIdentityToken,
      assumedRoleUser: { assumedRoleId: AssumedRoleUser?.AssumedRoleId, arn: AssumedRoleUser?.Arn },
      provider: Provider,
      audience: Audience,
      ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
    }),
  },
});

/** The provider in the role's account that stands for the token's issuer. Only such an issuer is ever asked for keys. */
async function providerOf({ database }: StsPorts, { account }: AssumedRole, { issuer }: UnverifiedToken) {
  const hostPath = issuer.replace(/^https:\/\//, "").replace(/\/$/, "");
  const found = issuer.startsWith("https://")
    ? await database.read((tx) => oidcProviders.find(tx, account, hostPath))
    : undefined;
  if (found === undefined) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`);
  return found;
}

/** CloudTrail's WebIdentityUser. */
const userIdentityOf = ({ account, hostPath }: OidcProvider, { audience, subject }: WebIdentity) => {
  const provider = oidcProviderArn(account, hostPath);
  return {
    type: "WebIdentityUser",
    principalId: `${provider}:${audience}:${subject}`,
    userName: subject,
    identityProvider: provider,
  };
};

function conditionValues(input: Input, { identity, provider }: Target) {
  const prefix = provider.hostPath.toLowerCase();
  const values = new Map<string, string | readonly string[]>([
    ["aws:federatedprovider", provider.arn],
    [`${prefix}:aud`, identity.audience],
    [`${prefix}:sub`, identity.subject],
    ["sts:rolesessionname", input.RoleSessionName],
  ]);
  if (identity.amr.length > 0) values.set(`${prefix}:amr`, identity.amr);
  return values;
}
