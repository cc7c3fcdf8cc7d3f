import { globalArn } from "../../../base/index.js";
import { type Check, type OidcProvider, oidcProviderArn, oidcProviders } from "../../../identity/index.js";
import type { InputOf } from "../../../kit/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied, invalidIdentityToken, validationError } from "../errors.js";
import { operation, type StsPorts } from "../ports.js";
import { type AssumedRole, checkedSeconds, findRole, roleTagValues, trustSide } from "../roles.js";
import { packedSize, parseScope } from "../session-scope.js";
import { type SessionClaimsOfToken, sessionClaimsOf } from "../web-identity/session-claims.js";
import { readToken, type UnverifiedToken, verifyToken, type WebIdentity } from "../web-identity/token.js";

type Input = InputOf<typeof import("@aws-sdk/client-sts"), "AssumeRoleWithWebIdentity">;

interface Target extends AssumedRole {
  readonly identity: WebIdentity;
  readonly provider: OidcProvider;
  readonly brought: SessionClaimsOfToken;
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

  checks: (_ctx, input, target): readonly Check[] => {
    const [side, values] = [trustSide(target), conditionValues(input, target)];
    const check = (action: string): Check => ({ action, resource: target.arn, side, values });
    const { Tags, SourceIdentity } = target.brought;
    return [
      check(ACTION),
      ...(Tags.length === 0 ? [] : [check("sts:TagSession")]),
      ...(SourceIdentity === undefined ? [] : [check("sts:SetSourceIdentity")]),
    ];
  },

  run: async (ctx, input, { target }, { identity: house, database }) => {
    const { role, account, identity, provider, brought } = target;
    // No trust policy allowed it; this line is for the type checker and for the worst day.
    if (role === undefined) throw accessDenied(`Not authorized to perform ${ACTION}`);
    const seconds = checkedSeconds(input.DurationSeconds, role);
    const { Policy, PolicyArns } = input;
    const scope = await database.read((tx) => parseScope(tx, account, { Policy, PolicyArns, ...brought }));
    const size = packedSize(scope);
    const { SourceIdentity } = brought;
    const credentials = house.startSession(
      {
        account,
        of: { kind: "role", id: role.id, name: input.RoleSessionName },
        chained: false,
        federatedProvider: provider.arn,
        ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
        scope,
      },
      seconds,
    );
    ctx.notes.resources.push({ accountId: account, type: "AWS::IAM::Role", ARN: role.arn });
    return {
      Credentials: showCredentials(credentials),
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${input.RoleSessionName}`,
        Arn: globalArn("sts", account, `assumed-role/${role.name}/${input.RoleSessionName}`),
      },
      Provider: provider.arn,
      Audience: identity.audience,
      ...(size === undefined ? {} : { PackedPolicySize: size }),
      ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
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

function conditionValues(input: Input, { role, identity, provider, brought }: Target) {
  const { Tags, TransitiveTagKeys, SourceIdentity } = brought;
  const prefix = provider.hostPath.toLowerCase();
  const values = new Map<string, string | readonly string[]>([
    ["aws:federatedprovider", provider.arn],
    [`${prefix}:aud`, identity.audience],
    [`${prefix}:sub`, identity.subject],
    ["sts:rolesessionname", input.RoleSessionName],
  ]);
  if (identity.amr.length > 0) values.set(`${prefix}:amr`, identity.amr);
  if (SourceIdentity !== undefined) values.set("sts:sourceidentity", SourceIdentity);
  for (const { Key, Value } of Tags) values.set(`aws:requesttag/${Key.toLowerCase()}`, Value);
  if (Tags.length > 0)
    values.set(
      "aws:tagkeys",
      Tags.map(({ Key }) => Key),
    );
  if (TransitiveTagKeys.length > 0) values.set("sts:transitivetagkeys", TransitiveTagKeys);
  for (const [key, value] of roleTagValues(role)) values.set(key, value);
  return values;
}
