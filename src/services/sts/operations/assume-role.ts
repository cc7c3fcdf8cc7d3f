import { globalArn } from "../../../base/index.js";
import type { Check, ProvenDevice, Role } from "../../../identity/index.js";
import { type InputOf, lowerCamel, type RequestContext } from "../../../kit/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied, validationError } from "../errors.js";
import { proven, spend } from "../mfa.js";
import { operation } from "../ports.js";
import { type AssumedRole, checkedSeconds, findRole, roleTagValues, trustSide } from "../roles.js";
import { packedSize, parseScope } from "../session-scope.js";

type Input = InputOf<typeof import("@aws-sdk/client-sts"), "AssumeRole">;

/** With the device whose code came along. */
interface Target extends AssumedRole {
  readonly mfa: ProvenDevice | undefined;
}

const CHAINED_SECONDS = 3600;

export const assumeRole = operation("AssumeRole", {
  readOnly: true,

  target: async (ctx, input, ports) => ({
    ...(await ports.database.read((tx) => findRole(tx, input.RoleArn))),
    mfa: await proven(ctx, input, ports),
  }),

  checks: (ctx, input, target): readonly Check[] => {
    const side = trustSide(target);
    const values = conditionValues(ctx, input, target);
    const check = (action: string): Check => ({ action, resource: target.arn, side, values });
    return [
      check("sts:AssumeRole"),
      ...(hasTags(ctx, input) ? [check("sts:TagSession")] : []),
      ...(sourceIdentityOf(ctx, input) === undefined ? [] : [check("sts:SetSourceIdentity")]),
    ];
  },

  run: async (ctx, input, { target }, ports) => {
    const { identity, database } = ports;
    const { role, account } = target;
    // No trust policy allowed it, so there is nothing to allow; this line is for the type checker and for the worst day.
    if (role === undefined) throw accessDenied("The role does not exist.");
    if (ctx.caller.principal.kind === "root") throw accessDenied("Roles may not be assumed by root accounts.");
    const seconds = sessionSeconds(ctx, input, role);
    const sourceIdentity = keptSourceIdentity(ctx, input);
    const scope = await database.read((tx) => parseScope(tx, account, input, ctx.caller.session?.transitiveTags));
    const size = packedSize(scope);
    const mfa = await spend(ctx, target.mfa, ports);
    const credentials = identity.startSession(
      {
        account,
        of: { kind: "role", id: role.id, name: input.RoleSessionName },
        chained: isChained(ctx),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        scope,
        ...mfa,
      },
      seconds,
    );
    ctx.notes.resources.push({ accountId: account, type: "AWS::IAM::Role", ARN: role.arn });
    return {
      Credentials: showCredentials(credentials),
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${input.RoleSessionName}`,
        Arn: globalArn("sts", account, `assumed-role/${role.name}/${input.RoleSessionName}`),
      },
      ...(size === undefined ? {} : { PackedPolicySize: size }),
      ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    };
  },

  audit: {
    request: ({ TokenCode: _code, ...shown }) => lowerCamel(shown),
    response: ({ Credentials, AssumedRoleUser, PackedPolicySize, SourceIdentity }) => ({
      credentials: recordedCredentials(Credentials),
      assumedRoleUser: { assumedRoleId: AssumedRoleUser?.AssumedRoleId, arn: AssumedRoleUser?.Arn },
      ...(PackedPolicySize === undefined ? {} : { packedPolicySize: PackedPolicySize }),
      ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
    }),
  },
});

/** Tags that the caller brings or that come down the chain. */
const hasTags = (ctx: RequestContext, input: Input) =>
  (input.Tags?.length ?? 0) + (ctx.caller.session?.transitiveTags.length ?? 0) > 0;

function conditionValues(ctx: RequestContext, input: Input, { role, mfa }: Target) {
  const values = new Map<string, string | string[]>([["sts:rolesessionname", input.RoleSessionName]]);
  if (mfa !== undefined) values.set("aws:multifactorauthpresent", "true").set("aws:multifactorauthage", "0");
  if (input.ExternalId !== undefined) values.set("sts:externalid", input.ExternalId);
  const sourceIdentity = sourceIdentityOf(ctx, input);
  if (sourceIdentity !== undefined) values.set("sts:sourceidentity", sourceIdentity);
  const inherited = (ctx.caller.session?.transitiveTags ?? []).map(({ key, value }) => ({ Key: key, Value: value }));
  const tags = [...inherited, ...(input.Tags ?? [])];
  for (const { Key = "", Value = "" } of tags) values.set(`aws:requesttag/${Key.toLowerCase()}`, Value);
  if (tags.length > 0)
    values.set(
      "aws:tagkeys",
      tags.map(({ Key = "" }) => Key),
    );
  if (input.TransitiveTagKeys?.length) values.set("sts:transitivetagkeys", input.TransitiveTagKeys);
  for (const [key, value] of roleTagValues(role)) values.set(key, value);
  return values;
}

const isChained = (ctx: RequestContext) => ctx.caller.principal.kind === "assumed-role";

function sessionSeconds(ctx: RequestContext, input: Input, role: Role): number {
  const seconds = checkedSeconds(input.DurationSeconds, role);
  if (isChained(ctx) && seconds > CHAINED_SECONDS)
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  return seconds;
}

/** What the session asks for, or brings: either needs the role's permission. */
const sourceIdentityOf = (ctx: RequestContext, input: Input) =>
  input.SourceIdentity ?? ctx.caller.session?.sourceIdentity;

/** Once set it goes with every role down the chain, and nobody may change it. */
function keptSourceIdentity(ctx: RequestContext, input: Input): string | undefined {
  const kept = ctx.caller.session?.sourceIdentity;
  if (kept !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== kept)
    throw accessDenied("The SourceIdentity of the calling session cannot be changed.");
  return kept ?? input.SourceIdentity;
}
