import { parseArn } from "../../base/index.js";
import {
  contextKeysOf,
  decide,
  judge,
  type NamedPolicy,
  type PolicyKind,
  type PolicyRequest,
  PolicySyntaxError,
  type PrincipalPolicies,
  type PrincipalView,
  parsePolicy,
  type RequestValues,
  type Statement,
  statementPlaces,
} from "../../policy/index.js";
import { invalidInput } from "./errors.js";
import { pageOfList } from "./pages.js";
import type { PolicySource } from "./policy-sources.js";

/** What both simulations take. */
export interface SimulationInput {
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[] | undefined;
  readonly ResourcePolicy?: string | undefined;
  readonly ResourceOwner?: string | undefined;
  readonly ContextEntries?: readonly ContextEntry[] | undefined;
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

interface ContextEntry {
  readonly ContextKeyName?: string | undefined;
  readonly ContextKeyValues?: readonly string[] | undefined;
  readonly ContextKeyType?: string | undefined;
}

/** Who asks in the simulation, and what speaks for them. */
export interface Simulated {
  readonly principal: PrincipalView;
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  readonly identity: readonly PolicySource[];
  readonly boundary: readonly PolicySource[];
  /** What the organization lets this account do; undefined where nothing controls it. */
  readonly serviceControl?: ServiceControl | undefined;
}

type ServiceControl = NonNullable<PrincipalPolicies["serviceControl"]>;

const MOST_RESULTS = 10_000;

/** The very engine that decides requests, asked about each action on each resource. */
export function simulate(scope: string, input: SimulationInput, simulated: Simulated) {
  const pairs = input.ActionNames.flatMap((action) =>
    (input.ResourceArns?.length ? input.ResourceArns : ["*"]).map((resource) => ({ action, resource })),
  );
  if (pairs.length > MOST_RESULTS) throw invalidInput("Too many actions and resources in one simulation.");
  const bad = input.ActionNames.find((action) => !/^[\w-]+:[\w-]+$/.test(action));
  if (bad !== undefined) throw invalidInput(`Invalid action: ${bad}`);
  const evaluate = evaluator(input, simulated);
  const numbered = pairs.map((pair, at) => ({ ...pair, key: String(at).padStart(6, "0") }));
  const { items, end } = pageOfList(scope, numbered, input, ({ key }) => key);
  return { EvaluationResults: items.map(({ action, resource }) => evaluate(action, resource)), ...end };
}

interface Compiled {
  readonly source: PolicySource;
  readonly named: NamedPolicy;
}

function evaluator(input: SimulationInput, { principal, values, identity, boundary, serviceControl }: Simulated) {
  const [own, limits] = [identity.map(compiled("identity")), boundary.map(compiled("identity"))];
  const resourceSource = input.ResourcePolicy && { id: "ResourcePolicy", type: "resource", text: input.ResourcePolicy };
  const ofResource = resourceSource ? compiled("resource")(resourceSource as PolicySource) : undefined; // built above
  const all = [...own, ...limits, ...(ofResource ? [ofResource] : [])];
  const spelled = new Map(
    all
      .flatMap(({ source, named }) => contextKeysOf(source.text, named.policy.kind))
      .map((key) => [key.toLowerCase(), key]),
  );
  const given = givenValues(input.ContextEntries ?? [], values);
  const account = ownerOf(input) ?? principal.account;

  return (action: string, resource: string) => {
    const missing = new Set<string>();
    const matched: { policy: NamedPolicy; statement: Statement; isLimit: boolean }[] = [];
    const [boundaryPolicy] = limits;
    const request = { action, resource, principal, values: noting(given, missing) };
    const decision = judge(
      {
        request,
        caller: {
          identity: own.map(({ named }) => named),
          ...(boundaryPolicy === undefined ? {} : { boundary: boundaryPolicy.named }),
          ...(serviceControl === undefined ? {} : { serviceControl }),
        },
        resource: ofResource ? { kind: "resource", account, policy: ofResource.named } : { kind: "none", account },
      },
      {
        statement: (layer, policy, statement, outcome) => {
          // What hangs in the organization is not the account's to read.
          if (outcome > 0 && layer !== "service control policy")
            matched.push({ policy, statement, isLimit: layer === "permissions boundary" });
        },
        grant: () => undefined,
        step: () => undefined,
      },
    );
    const eval_ = decision.allowed ? "allowed" : decision.explicit ? "explicitDeny" : "implicitDeny";
    const decisive = matched.filter(({ statement, isLimit }) =>
      decision.allowed ? !statement.isDeny && !isLimit : decision.explicit && statement.isDeny,
    );
    const ofLimit = matched.filter(({ isLimit }) => isLimit);
    return {
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: eval_,
      MatchedStatements: decisive.map(({ policy, statement }) => shownStatement(all, policy, statement)),
      MissingContextValues: [...missing].map((key) => spelled.get(key)).filter((key) => key !== undefined),
      ...(boundaryPolicy === undefined
        ? {}
        : {
            PermissionsBoundaryDecisionDetail: {
              AllowedByPermissionsBoundary:
                ofLimit.some(({ statement }) => !statement.isDeny) &&
                !ofLimit.some(({ statement }) => statement.isDeny),
            },
          }),
      ...(serviceControl === undefined
        ? {}
        : { OrganizationsDecisionDetail: { AllowedByOrganizations: lets(serviceControl, request) } }),
    } as const;
  };
}

/** What the organization alone says: asked about somebody whose own policies allow everything. */
const lets = (serviceControl: ServiceControl, request: PolicyRequest) =>
  decide({
    request,
    caller: { identity: [EVERYTHING], serviceControl },
    resource: { kind: "none", account: request.principal.account },
  }).allowed;

const EVERYTHING: NamedPolicy = {
  name: "everything",
  policy: parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    "identity",
  ),
};

const compiled =
  (kind: PolicyKind) =>
  (source: PolicySource): Compiled => ({
    source,
    named: { name: source.id, policy: checked(source, () => parsePolicy(source.text, kind)) },
  });

/** A document that is none is the caller's mistake here, whichever list it stood in. */
function checked<T>({ id }: PolicySource, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof PolicySyntaxError) throw invalidInput(`${id} is not a valid policy: ${thrown.message}`);
    throw thrown;
  }
}

function shownStatement(all: readonly Compiled[], policy: NamedPolicy, { index }: Statement) {
  const source = all.find(({ named }) => named === policy)?.source;
  const place = source && statementPlaces(source.text)[index];
  return {
    SourcePolicyId: policy.name,
    SourcePolicyType: source?.type ?? "none",
    ...(place === undefined ? {} : { StartPosition: place.start, EndPosition: place.end }),
  };
}

function givenValues(entries: readonly ContextEntry[], own: Simulated["values"]): Simulated["values"] {
  const values = new Map(own);
  for (const { ContextKeyName, ContextKeyValues = [], ContextKeyType = "string" } of entries) {
    const [only] = ContextKeyValues;
    if (ContextKeyName === undefined || only === undefined) continue;
    const isList = ContextKeyType.endsWith("List");
    values.set(ContextKeyName.toLowerCase(), isList ? ContextKeyValues : only);
  }
  return values;
}

/** What was asked for and is not there. */
const noting = (given: Simulated["values"], missing: Set<string>): RequestValues => ({
  get(name) {
    const value = given.get(name);
    if (value === undefined) missing.add(name);
    return value;
  },
  has(name) {
    if (!given.has(name)) missing.add(name);
    return given.has(name);
  },
});

function ownerOf({ ResourceOwner: owner }: SimulationInput): string | undefined {
  return owner === undefined ? undefined : (parseArn(owner)?.account ?? owner);
}

/** The keys that these policies ask for, once each. */
export function contextKeyNames(sources: readonly PolicySource[]): string[] {
  const keys = sources.flatMap((source) => checked(source, () => contextKeysOf(source.text, "identity")));
  return [...new Map(keys.map((key) => [key.toLowerCase(), key])).values()];
}
