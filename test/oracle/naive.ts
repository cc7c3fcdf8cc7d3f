import type { GrantView, PrincipalView } from "../../src/policy/index.js";
import { conditionHolds } from "./naive-conditions.js";
import { type Context, fill, likeText } from "./naive-text.js";

// A second evaluator of the policy language, written from the contract alone (kms sections 5 and 6): slow, plain, and
// sharing nothing with the engine but the shapes of its input. Where the two disagree, one of them is wrong.

export interface RawStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, readonly string[]>>;
  readonly NotPrincipal?: "*" | Readonly<Record<string, readonly string[]>>;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface RawDocument {
  readonly Version: "2008-10-17" | "2012-10-17";
  readonly Statement: readonly RawStatement[];
}

export interface World {
  readonly action: string;
  readonly resource: string;
  readonly principal: PrincipalView;
  readonly values: Context;
  readonly identity: readonly RawDocument[];
  readonly boundary: RawDocument | undefined;
  readonly session: readonly RawDocument[] | undefined;
  /** Level by level, root to account. */
  readonly serviceControl: readonly (readonly RawDocument[])[] | undefined;
  readonly resourceControl: readonly RawDocument[] | undefined;
  readonly side: "none" | "key" | "resource" | "trust";
  /** Of the resource. */
  readonly account: string;
  readonly policy: RawDocument | undefined;
  readonly grants: readonly GrantView[];
  readonly context: Readonly<Record<string, string>>;
}

/** How a statement of the resource reaches the caller. */
type Reach = "self" | "direct" | "role" | "account" | "service";

/** `allowed by …`, `no …` or `explicit deny in …`. */
export function naiveVerdict(world: World): string {
  const denied = firstDeny(world);
  if (denied !== undefined) return `explicit deny in ${denied}`;
  if (world.serviceControl !== undefined && !isExempt(world.principal) && !allowsEverywhere(world))
    return "no service control policy";
  if (world.resourceControl !== undefined && !allows(world, world.resourceControl)) return "no resource control policy";
  const reaches = reachesOf(world);
  switch (world.side) {
    case "none":
      return withoutResource(world);
    case "key":
      return ofKey(world, reaches);
    case "trust":
      return ofRoot(world, reaches, "resource") ?? whyNot(world, reaches);
    case "resource":
      return ofResource(world, reaches);
  }
}

/** D0, in the order of kms 5.9. */
function firstDeny(world: World): string | undefined {
  const { serviceControl, resourceControl, policy, identity, boundary, session, principal } = world;
  const layers: readonly (readonly [string, readonly RawDocument[]])[] = [
    ["service control policy", isExempt(principal) ? [] : (serviceControl ?? []).flat()],
    ["resource control policy", resourceControl ?? []],
    ["resource-based policy", policy === undefined ? [] : [policy]],
    ["identity-based policy", isCaller(principal) ? identity : []],
    ["permissions boundary", boundary === undefined ? [] : [boundary]],
    ["session policy", session ?? []],
  ];
  for (const [name, documents] of layers) {
    const isResource = name.startsWith("resource");
    for (const document of documents)
      for (const statement of document.Statement)
        if (statement.Effect === "Deny" && matches(world, document, statement, isResource)) return name;
  }
  return undefined;
}

const isCaller = ({ kind }: PrincipalView) => kind !== "service" && kind !== "anonymous";

/** Service-linked roles and services are not held by service control policies (kms A-8). */
const isExempt = ({ kind, roleArn }: PrincipalView) =>
  kind === "service" || kind === "anonymous" || (roleArn?.includes(":role/aws-service-role/") ?? false);

/** What one level of the organization does not allow, the organization does not allow. */
const allowsEverywhere = (world: World) => (world.serviceControl ?? []).every((level) => allows(world, level));

const allows = (world: World, documents: readonly RawDocument[]) =>
  documents.some((document) =>
    document.Statement.some(
      (statement) =>
        statement.Effect === "Allow" &&
        matches(world, document, statement, statement.Principal !== undefined || statement.NotPrincipal !== undefined),
    ),
  );

function matches(world: World, document: RawDocument, statement: RawStatement, hasPrincipal: boolean): boolean {
  if (hasPrincipal && reachOf(world, statement) === undefined) return false;
  return isAbout(world, document, statement) && conditionsHold(world, document, statement);
}

function isAbout(world: World, { Version }: RawDocument, statement: RawStatement): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const isAction = (pattern: string) => likeText(pattern.toLowerCase(), world.action.toLowerCase());
  const isResource = (text: string): boolean | undefined => {
    const pattern = fill(text, world.values, Version);
    return pattern === undefined ? undefined : likeText(pattern, world.resource);
  };
  const names = (list: readonly string[]) => list.some((text) => isResource(text) === true);
  // A statement whose variable has no value does not match (kms 5.8).
  const isUnknown = NotResource?.some((text) => isResource(text) === undefined) ?? false;
  if (Action !== undefined ? !Action.some(isAction) : NotAction === undefined || NotAction.some(isAction)) return false;
  if (world.side === "trust" && Resource === undefined && NotResource === undefined) return true;
  if (Resource !== undefined) return names(Resource);
  if (NotResource === undefined) return false;
  return !isUnknown && !names(NotResource);
}

const conditionsHold = (world: World, { Version }: RawDocument, { Condition, Effect }: RawStatement) =>
  Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      conditionHolds(operator, key, values, world.values, Version, Effect === "Deny"),
    ),
  );

/** Whether and how the statement's principals are the caller. A Deny only asks whether. */
function reachOf(world: World, statement: RawStatement): Reach | undefined {
  if (statement.Principal !== undefined) return namedReach(world, statement.Principal, statement.Effect);
  if (statement.NotPrincipal === undefined) return undefined;
  return isListed(world, statement.NotPrincipal) ? undefined : "direct";
}

type Element = NonNullable<RawStatement["Principal"]>;

function namedReach(world: World, element: Element, effect: "Allow" | "Deny"): Reach | undefined {
  const { kind, service } = world.principal;
  const aws = element === "*" ? ["*"] : (element["AWS"] ?? []);
  const services = element === "*" ? [] : (element["Service"] ?? []);
  if (kind === "service") {
    if (services.includes(service ?? "")) return "service";
    return effect === "Deny" && aws.includes("*") ? "direct" : undefined; // kms S-6
  }
  const reaches = aws.map((name) => oneReach(world, name));
  for (const reach of ["self", "direct", "role", "account"] as const) if (reaches.includes(reach)) return reach;
  return undefined;
}

function oneReach({ principal, account }: World, name: string): Reach | undefined {
  if (name === "*") return "direct";
  if (principal.kind === "anonymous") return undefined;
  const ofAccount = /^(\d{12})$|^arn:aws:iam::(\d{12}):root$/.exec(name);
  if (ofAccount !== null) {
    if ((ofAccount[1] ?? ofAccount[2]) !== principal.account) return undefined;
    return principal.kind === "root" && principal.account === account ? "self" : "account";
  }
  if (name === principal.arn) return "direct";
  if (principal.kind === "user" && name === principal.uniqueId) return "direct";
  return principal.kind === "assumed-role" && (name === principal.roleArn || name === principal.uniqueId)
    ? "role"
    : undefined;
}

/** Only who is wholly listed escapes: the account and the caller, and for a session its role as well (kms 5.8). */
function isListed(world: World, element: Element): boolean {
  const { principal } = world;
  if (element === "*") return true;
  const aws = element["AWS"] ?? [];
  if (aws.includes("*")) return true;
  if (principal.kind === "service") return (element["Service"] ?? []).includes(principal.service ?? "");
  if (principal.kind === "anonymous") return false;
  const isAccountListed = aws.some((name) => name === principal.account || name === rootOf(principal.account));
  if (principal.kind === "root") return isAccountListed;
  const names = [principal.arn, ...(principal.kind === "user" ? [principal.uniqueId] : [])];
  if (!isAccountListed || !aws.some((name) => names.includes(name))) return false;
  return (
    principal.kind !== "assumed-role" || aws.includes(principal.roleArn ?? "") || aws.includes(principal.uniqueId ?? "")
  );
}

const rootOf = (account: string) => `arn:aws:iam::${account}:root`;

function reachesOf(world: World): ReadonlySet<Reach> {
  const reaches = new Set<Reach>();
  for (const statement of world.policy?.Statement ?? []) {
    if (statement.Effect !== "Allow" || !world.policy) continue;
    const reach = reachOf(world, statement);
    if (reach === undefined) continue;
    if (isAbout(world, world.policy, statement) && conditionsHold(world, world.policy, statement)) reaches.add(reach);
  }
  return reaches;
}

/** IP, then PB, then SP: the first that does not allow. */
function gapOf(world: World): string | undefined {
  const isRoot = world.principal.kind === "root";
  if (!isRoot && !(isCaller(world.principal) && allows(world, world.identity))) return "no identity-based policy";
  return limitOf(world);
}

function limitOf(world: World): string | undefined {
  if (world.boundary !== undefined && !allows(world, [world.boundary])) return "no permissions boundary";
  // A federated user without a session policy has nothing to be limited to (kms A-6).
  const session = world.session ?? (world.principal.kind === "federated-user" ? [] : undefined);
  return session !== undefined && !allows(world, session) ? "no session policy" : undefined;
}

const isHome = ({ principal, account }: World) => principal.account === account && principal.kind !== "anonymous";

/** D2. */
function withoutResource(world: World): string {
  if (!isHome(world)) return "no resource-based policy";
  return gapOf(world) ?? (world.principal.kind === "root" ? "allowed by root" : "allowed by identity");
}

/** D3, D4, with grants. */
function ofKey(world: World, reaches: ReadonlySet<Reach>): string {
  const allowed = ofRoot(world, reaches, "key-policy");
  if (allowed !== undefined) return allowed;
  return world.grants.some((grant) => grantHolds(world, grant)) ? "allowed by grant" : whyNot(world, reaches);
}

function ofRoot(world: World, reaches: ReadonlySet<Reach>, by: string): string | undefined {
  const { kind } = world.principal;
  if (reaches.has("service")) return `allowed by ${by}`;
  if (kind === "service" || kind === "anonymous") return undefined;
  if (!isHome(world)) return reaches.size > 0 && gapOf(world) === undefined ? `allowed by ${by}` : undefined;
  if (reaches.has("self") || reaches.has("direct")) return `allowed by ${by}`;
  if (reaches.has("role") && limitOf(world) === undefined) return `allowed by ${by}`;
  return reaches.has("account") && gapOf(world) === undefined ? "allowed by identity" : undefined;
}

function whyNot(world: World, reaches: ReadonlySet<Reach>): string {
  const none = "no resource-based policy";
  if (!isCaller(world.principal)) return none;
  if (!isHome(world)) return reaches.size === 0 ? none : (gapOf(world) ?? none);
  if (reaches.has("role")) return limitOf(world) ?? none;
  return reaches.has("account") ? (gapOf(world) ?? none) : none;
}

/** In one account either side is enough; across accounts both must agree. */
function ofResource(world: World, reaches: ReadonlySet<Reach>): string {
  const { kind } = world.principal;
  if (reaches.has("service")) return "allowed by resource";
  if (kind === "anonymous") return reaches.has("direct") ? "allowed by resource" : "no resource-based policy";
  if (!isHome(world)) {
    if (reaches.size === 0) return "no resource-based policy";
    return gapOf(world) ?? "allowed by resource";
  }
  if (kind === "root") return "allowed by root";
  if (reaches.has("direct")) return "allowed by resource";
  if (reaches.has("role")) return limitOf(world) ?? "allowed by resource";
  return gapOf(world) ?? "allowed by identity";
}

function grantHolds(world: World, grant: GrantView): boolean {
  const { principal, action, context } = world;
  if (!action.startsWith("kms:") || !grant.operations.has(action.slice(4))) return false;
  if (grant.sourceArn !== undefined && world.values["aws:sourcearn"] !== grant.sourceArn) return false;
  const lower = (pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).map(([key, value]) => `${key.toLowerCase()}\n${value}`);
  const sent = lower(context);
  const equals = grant.contextEquals && lower(grant.contextEquals);
  if (!["DescribeKey", "RetireGrant", "CreateGrant"].includes(action.slice(4))) {
    if (equals !== undefined && (equals.length !== sent.length || !equals.every((pair) => sent.includes(pair))))
      return false;
    if (!lower(grant.contextSubset ?? {}).every((pair) => sent.includes(pair))) return false;
  }
  if (principal.kind === "anonymous") return false;
  if (principal.kind === "service") return grant.grantee === principal.service;
  if (grant.grantee === principal.arn || (principal.kind === "user" && grant.grantee === principal.uniqueId))
    return true;
  if (grant.grantee === principal.roleArn || (principal.roleArn && grant.grantee === principal.uniqueId))
    return limitOf(world) === undefined;
  return grant.grantee === rootOf(principal.account) && gapOf(world) === undefined;
}
