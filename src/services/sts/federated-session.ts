import { globalArn } from "../../base/index.js";
import type { Check, Identity, SessionClaims, SessionCredentials } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { Database } from "../../store/index.js";
import { accessDenied } from "./errors.js";
import { type AssumedRole, roleTagValues, trustSide } from "./roles.js";
import { packedSize, parseScope, type ScopeInput } from "./session-scope.js";

/** What an identity provider lays on a session by its token or assertion, in AWS's names. */
export interface BroughtClaims {
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly TransitiveTagKeys: readonly string[];
  readonly SourceIdentity: string | undefined;
}

type Values = ReadonlyMap<string, string | readonly string[]>;

/** What the trust policy must allow: the action itself, and what the provider brings along. */
export function federatedChecks(action: string, role: AssumedRole, brought: BroughtClaims, values: Values): Check[] {
  const side = trustSide(role);
  const all = new Map([...values, ...broughtValues(brought), ...roleTagValues(role.role)]);
  const check = (each: string): Check => ({ action: each, resource: role.arn, side, values: all });
  return [
    check(action),
    ...(brought.Tags.length === 0 ? [] : [check("sts:TagSession")]),
    ...(brought.SourceIdentity === undefined ? [] : [check("sts:SetSourceIdentity")]),
  ];
}

function* broughtValues({
  Tags,
  TransitiveTagKeys,
  SourceIdentity,
}: BroughtClaims): Generator<[string, string | readonly string[]]> {
  if (SourceIdentity !== undefined) yield ["sts:sourceidentity", SourceIdentity];
  for (const { Key, Value } of Tags) yield [`aws:requesttag/${Key.toLowerCase()}`, Value];
  if (Tags.length > 0) yield ["aws:tagkeys", Tags.map(({ Key }) => Key)];
  if (TransitiveTagKeys.length > 0) yield ["sts:transitivetagkeys", TransitiveTagKeys];
}

interface Asked {
  readonly role: AssumedRole;
  readonly sessionName: string;
  readonly limits: Pick<ScopeInput, "Policy" | "PolicyArns">;
  readonly brought: BroughtClaims;
  readonly federation: Pick<SessionClaims, "federatedProvider" | "samlSubject">;
  /** Throws where the role does not allow as long as was asked for. */
  secondsFor(role: NonNullable<AssumedRole["role"]>): number;
}

/** Opens a session of a role for whom an identity provider vouched, and says what answers say of it. */
export async function openFederatedSession(
  ctx: RequestContext,
  { role: assumed, sessionName, limits, brought, federation, secondsFor }: Asked,
  { identity, database }: { readonly identity: Identity; readonly database: Database },
): Promise<{ readonly credentials: SessionCredentials; readonly shown: ShownSession }> {
  const { role, account } = assumed;
  // No trust policy allowed it; this line is for the type checker and for the worst day.
  if (role === undefined) throw accessDenied("Not authorized to assume the role");
  const seconds = secondsFor(role);
  const scope = await database.read((tx) => parseScope(tx, account, { ...limits, ...brought }));
  const size = packedSize(scope);
  const { SourceIdentity } = brought;
  const credentials = identity.startSession(
    {
      account,
      of: { kind: "role", id: role.id, name: sessionName },
      chained: false,
      ...federation,
      ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
      scope,
    },
    seconds,
  );
  ctx.notes.resources.push({ accountId: account, type: "AWS::IAM::Role", ARN: role.arn });
  const shown = {
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: globalArn("sts", account, `assumed-role/${role.name}/${sessionName}`),
    },
    ...(size === undefined ? {} : { PackedPolicySize: size }),
    ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
  };
  return { credentials, shown };
}

interface ShownSession {
  readonly AssumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string };
  readonly PackedPolicySize?: number;
  readonly SourceIdentity?: string;
}
