import { isAccountId, parseArn, SECOND_MS } from "../../../base/index.js";
import {
  type Role,
  type SamlProvider,
  samlProviderArn,
  samlProviders,
  samlSigningKeys,
} from "../../../identity/index.js";
import type { InputOf, RequestContext } from "../../../kit/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied, invalidIdentityToken, validationError } from "../errors.js";
import { federatedChecks, openFederatedSession } from "../federated-session.js";
import { operation, type StsPorts } from "../ports.js";
import { type AssumedRole, checkedSeconds, findRole } from "../roles.js";
import { NOT_AUTHORIZED, readAssertion, type SamlIdentity } from "../saml/assertion.js";
import { type AskedSession, askedSession, listsRole } from "../saml/attributes.js";
import { samlSubjectOf, samlValues } from "../saml/condition-keys.js";
import { verifiedAssertion } from "../saml/response.js";

type Input = InputOf<typeof import("@aws-sdk/client-sts"), "AssumeRoleWithSAML">;

interface Target extends AssumedRole {
  readonly identity: SamlIdentity;
  readonly provider: SamlProvider;
  readonly asked: AskedSession;
}

const ACTION = "sts:AssumeRoleWithSAML";

/** Nobody signs this request: the assertion is the proof, and the role's trust policy decides about who it names. */
export const assumeRoleWithSAML = operation("AssumeRoleWithSAML", {
  readOnly: true,

  target: async (ctx, input, ports): Promise<Target> => {
    const role = await ports.database.read((tx) => findRole(tx, input.RoleArn));
    const provider = await providerOf(ctx, input.PrincipalArn, ports);
    const assertion = verifiedAssertion(input.SAMLAssertion, samlSigningKeys(provider));
    const identity = readAssertion(assertion, provider, ctx.clock);
    ctx.notes.proven = { account: provider.account, userIdentity: userIdentityOf(identity, provider) };
    const asked = askedSession(identity.attributes);
    ctx.notes.requestParameters = recordedAssertion(identity, asked);
    // A provider speaks for its own account, and an assertion for the roles that it lists.
    if (role.account !== provider.account || !listsRole(identity.attributes, input.RoleArn, input.PrincipalArn))
      throw accessDenied(NOT_AUTHORIZED);
    return { ...role, identity, provider, asked };
  },

  checks: (_ctx, input, target) => {
    const { asked, identity, provider } = target;
    const values = samlValues(identity, provider)
      .set("aws:federatedprovider", input.PrincipalArn)
      .set("sts:rolesessionname", asked.roleSessionName);
    return federatedChecks(ACTION, target, asked, values);
  },

  run: async (ctx, input, { target }, ports) => {
    const { asked, identity, provider } = target;
    const samlSubject = samlSubjectOf(identity, provider);
    const { Policy, PolicyArns, PrincipalArn } = input;
    const { credentials, shown } = await openFederatedSession(
      ctx,
      {
        role: target,
        sessionName: asked.roleSessionName,
        limits: { Policy, PolicyArns },
        brought: asked,
        federation: { federatedProvider: PrincipalArn, samlSubject },
        secondsFor: (role) => sessionSeconds(ctx, input, target, role),
      },
      ports,
    );
    ctx.notes.resources.push({ accountId: provider.account, type: "AWS::IAM::SAMLProvider", ARN: PrincipalArn });
    return {
      Credentials: showCredentials(credentials),
      Subject: samlSubject.subject,
      SubjectType: samlSubject.subjectType,
      Issuer: identity.issuer,
      Audience: identity.recipient,
      NameQualifier: samlSubject.nameQualifier,
      ...shown,
    };
  },

  audit: {
    // The assertion is a credential until it expires: what it says is told beside these.
    request: ({ RoleArn, PrincipalArn, DurationSeconds, Policy, PolicyArns }) => ({
      ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
      roleArn: RoleArn,
      principalArn: PrincipalArn,
      ...(Policy === undefined ? {} : { policy: Policy }),
      ...(PolicyArns === undefined ? {} : { policyArns: PolicyArns.map(({ arn }) => ({ arn })) }),
    }),
    response: ({
      Credentials,
      AssumedRoleUser,
      SubjectType,
      Issuer,
      NameQualifier,
      Subject,
      Audience,
      SourceIdentity,
    }) => ({
      subjectType: SubjectType,
      issuer: Issuer,
      credentials: recordedCredentials(Credentials),
      nameQualifier: NameQualifier,
      assumedRoleUser: { assumedRoleId: AssumedRoleUser?.AssumedRoleId, arn: AssumedRoleUser?.Arn },
      subject: Subject,
      audience: Audience,
      ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
    }),
  },
});

async function providerOf(ctx: RequestContext, arn: string, { database }: StsPorts): Promise<SamlProvider> {
  const { service, account = "", resource = "" } = parseArn(arn) ?? {};
  const name = /^saml-provider\/([\w.-]{1,128})$/.exec(resource)?.[1];
  if (service !== "iam" || !isAccountId(account) || name === undefined) throw validationError("Request ARN is invalid");
  const provider = await database.read((tx) => samlProviders.find(tx, account, name));
  if (provider === undefined || samlProviderArn(account, provider.name) !== arn)
    throw invalidIdentityToken("Specified provider doesn't exist.");
  if (provider.validUntilMs <= ctx.clock.nowMs())
    throw invalidIdentityToken("The metadata of the specified provider is no longer valid.");
  return provider;
}

/** The assertion can only shorten what was asked for, and what the role allows. */
function sessionSeconds(
  ctx: RequestContext,
  { DurationSeconds }: Input,
  { asked, identity }: Target,
  role: Role,
): number {
  const { sessionEndsMs = Number.POSITIVE_INFINITY } = identity;
  return Math.min(
    checkedSeconds(DurationSeconds, role),
    asked.durationSeconds ?? Number.POSITIVE_INFINITY,
    Math.floor((sessionEndsMs - ctx.clock.nowMs()) / SECOND_MS),
  );
}

/** CloudTrail's SAMLUser. */
function userIdentityOf(identity: SamlIdentity, provider: SamlProvider) {
  const { nameQualifier, subject } = samlSubjectOf(identity, provider);
  return {
    type: "SAMLUser",
    principalId: `${nameQualifier}:${subject}`,
    userName: subject,
    identityProvider: nameQualifier,
  };
}

function recordedAssertion({ assertionId }: SamlIdentity, { roleSessionName, ...asked }: AskedSession) {
  const { SourceIdentity, Tags, TransitiveTagKeys } = asked;
  return {
    sAMLAssertionID: assertionId,
    roleSessionName,
    ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
    ...(Tags.length === 0 ? {} : { principalTags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }),
    ...(TransitiveTagKeys.length === 0 ? {} : { transitiveTagKeys: TransitiveTagKeys }),
  };
}
