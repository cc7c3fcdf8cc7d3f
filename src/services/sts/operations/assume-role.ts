import { type AccountId, globalArn, isAccountId, parseArn } from "../../../base/index.js";
import { boundTrustPolicy, type Check, directory, type Role } from "../../../identity/index.js";
import type { InputOf, RequestContext } from "../../../kit/index.js";
import { parsePolicy, type ResourceSide } from "../../../policy/index.js";
import type { ReadTx } from "../../../store/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied, validationError } from "../errors.js";
import { operation } from "../ports.js";
import { packedSize, parseScope } from "../session-scope.js";

type Input = InputOf<typeof import("@aws-sdk/client-sts"), "AssumeRole">;

/** The role that is meant. It may not exist: who may not assume it does not learn so. */
interface AssumedRole {
  readonly arn: string;
  readonly account: AccountId;
  readonly role: Role | undefined;
}

const DEFAULT_SECONDS = 3600;
const CHAINED_SECONDS = 3600;

export const assumeRole = operation("AssumeRole", {
  readOnly: true,

  target: (_ctx, input, { database }) => database.read((tx) => findRole(tx, input.RoleArn)),

  checks: (ctx, input, target): readonly Check[] => {
    const side = trustSide(target);
    const values = conditionValues(ctx, input, target);
    const check = (action: string): Check => ({ action, resource: target.arn, side, values });
    return [
      check("sts:AssumeRole"),
      ...(hasTags(ctx, input) ? [check("sts:TagSession")] : []),
      ...(input.SourceIdentity === undefined ? [] : [check("sts:SetSourceIdentity")]),
    ];
  },

  run: async (ctx, input, { target }, { identity, database }) => {
    const { role, account } = target;
    // No trust policy allowed it, so there is nothing to allow; this line is for the type checker and for the worst day.
    if (role === undefined) throw accessDenied("The role does not exist.");
    if (ctx.caller.principal.kind === "root") throw accessDenied("Roles may not be assumed by root accounts.");
    const seconds = sessionSeconds(ctx, input, role);
    const sourceIdentity = keptSourceIdentity(ctx, input);
    const scope = await database.read((tx) => parseScope(tx, account, input, ctx.caller.session?.transitiveTags));
    const size = packedSize(scope);
    const credentials = identity.startSession(
      {
        account,
        of: { kind: "role", id: role.id, name: input.RoleSessionName },
        chained: isChained(ctx),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        scope,
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
    response: ({ Credentials, AssumedRoleUser }) => ({
      credentials: recordedCredentials(Credentials),
      assumedRoleUser: { assumedRoleId: AssumedRoleUser?.AssumedRoleId, arn: AssumedRoleUser?.Arn },
    }),
  },
});

async function findRole(tx: ReadTx, arn: string): Promise<AssumedRole> {
  const parts = parseArn(arn);
  const name = /^role\/(?:.*\/)?([^/]+)$/.exec(parts?.resource ?? "")?.[1];
  if (parts?.service !== "iam" || !isAccountId(parts.account) || name === undefined)
    throw validationError(`${arn} is invalid`);
  const role = await directory.role(tx, parts.account, name);
  return { arn, account: parts.account, role: role?.arn === arn ? role : undefined };
}

/** A role that does not exist trusts nobody whom there is: the refusal is the one of a role that trusts others. */
const TRUSTS_NOBODY = parsePolicy(
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "nobody.invalid" }, Action: "sts:AssumeRole" }],
  }),
  "trust",
);

function trustSide({ role, account }: AssumedRole): ResourceSide {
  const policy = role === undefined ? TRUSTS_NOBODY : parsePolicy(boundTrustPolicy(role), "trust");
  return { kind: "trust", account, policy: { name: "trust policy", policy } };
}

/** Tags that the caller brings or that come down the chain. */
const hasTags = (ctx: RequestContext, input: Input) =>
  (input.Tags?.length ?? 0) + (ctx.caller.session?.transitiveTags.length ?? 0) > 0;

function conditionValues(ctx: RequestContext, input: Input, { role }: AssumedRole) {
  const values = new Map<string, string | string[]>([["sts:rolesessionname", input.RoleSessionName]]);
  if (input.ExternalId !== undefined) values.set("sts:externalid", input.ExternalId);
  if (input.SourceIdentity !== undefined) values.set("sts:sourceidentity", input.SourceIdentity);
  const inherited = (ctx.caller.session?.transitiveTags ?? []).map(({ key, value }) => ({ Key: key, Value: value }));
  const tags = [...inherited, ...(input.Tags ?? [])];
  for (const { Key = "", Value = "" } of tags) values.set(`aws:requesttag/${Key.toLowerCase()}`, Value);
  if (tags.length > 0)
    values.set(
      "aws:tagkeys",
      tags.map(({ Key = "" }) => Key),
    );
  if (input.TransitiveTagKeys?.length) values.set("sts:transitivetagkeys", input.TransitiveTagKeys);
  for (const { key, value } of role?.tags ?? []) {
    values.set(`aws:resourcetag/${key.toLowerCase()}`, value);
    values.set(`iam:resourcetag/${key.toLowerCase()}`, value);
  }
  return values;
}

const isChained = (ctx: RequestContext) => ctx.caller.principal.kind === "assumed-role";

function sessionSeconds(ctx: RequestContext, input: Input, role: Role): number {
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (seconds > role.maxSessionSeconds)
    throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  if (isChained(ctx) && seconds > CHAINED_SECONDS)
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  return seconds;
}

/** Once set it goes with every role down the chain, and nobody may change it. */
function keptSourceIdentity(ctx: RequestContext, input: Input): string | undefined {
  const kept = ctx.caller.session?.sourceIdentity;
  if (kept !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== kept)
    throw accessDenied("The SourceIdentity of the calling session cannot be changed.");
  return kept ?? input.SourceIdentity;
}
