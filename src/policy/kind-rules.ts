import { type ArnParts, isAccountId, parseArn, table } from "../base/index.js";
import type { ConditionElement, DocumentStatement, PrincipalElement } from "./document.js";
import { PolicySyntaxError } from "./syntax-error.js";
import type { PolicyKind } from "./types.js";

/** What a document of one kind must and must not say, in the words of the service that keeps it. */
export interface KindRules {
  readonly takesId: boolean;
  checkSids(sids: readonly (string | undefined)[]): void;
  checkStatement(statement: DocumentStatement): void;
}

const IDENTITY: KindRules = {
  takesId: false,
  checkSids: alphanumericAndUnique,
  checkStatement(statement) {
    if (statement.principal !== undefined)
      throw new PolicySyntaxError("unwanted-principal", "Policy document should not specify a principal.");
    if (statement.action === undefined || statement.action.value.length === 0)
      throw new PolicySyntaxError("missing-action", "Policy statement must contain actions.");
    if (statement.resource === undefined || statement.resource.value.length === 0)
      throw new PolicySyntaxError("missing-resource", "Policy statement must contain resources.");
    checkNames(statement);
    for (const resource of statement.resource.value) checkArnPattern(resource);
  },
};

const KEY: KindRules = {
  takesId: true,
  // A key policy's Sids hold spaces and may repeat (kms P-2, P-5); a statement without Action or Resource is inert (P-3).
  checkSids: () => {},
  checkStatement(statement) {
    requirePrincipal(statement, () => "Policy contains a statement with one or more invalid principals.");
    checkNames(statement);
  },
};

const RESOURCE: KindRules = {
  takesId: true,
  checkSids: () => {},
  checkStatement(statement) {
    requirePrincipal(statement, () => "Invalid principal in policy");
    if (statement.action === undefined) throw new PolicySyntaxError("missing-action", "Missing required field Action");
    if (statement.resource === undefined)
      throw new PolicySyntaxError("missing-resource", "Missing required field Resource");
    checkNames(statement);
  },
};

const TRUST: KindRules = {
  takesId: true,
  checkSids: alphanumericAndUnique,
  checkStatement(statement) {
    if (statement.resource !== undefined)
      throw new PolicySyntaxError("unwanted-resource", "Has prohibited field Resource");
    requirePrincipal(statement, (type, name) => `Invalid principal in policy: "${type}":"${name}"`);
    if (statement.action === undefined)
      throw new PolicySyntaxError("missing-action", "Policy statement must contain actions.");
    checkNames(statement);
    if (!statement.action.value.every((action) => /^sts:/i.test(action)))
      throw new PolicySyntaxError("action", "AssumeRole policy may only specify STS AssumeRole actions.");
  },
};

/** Organizations: the whole language of identity policies, for everyone below. */
const SERVICE_CONTROL: KindRules = IDENTITY;

/** The services whose resources an organization's resource control policies reach. */
const CONTROLLED = new Set([
  ...[
    "s3",
    "sts",
    "kms",
    "sqs",
    "secretsmanager",
    "dynamodb",
    "ecr",
    "aoss",
    "cognito-identity",
    "cognito-idp",
    "logs",
  ],
]);

/** Organizations: customers' own can only deny, to everyone, actions of services that take part. */
const RESOURCE_CONTROL: KindRules = {
  takesId: false,
  checkSids: alphanumericAndUnique,
  checkStatement(statement) {
    if (!statement.isDeny) throw new PolicySyntaxError("effect");
    const { principal, action, resource } = statement;
    if (principal === undefined || principal.isNot || !isEveryone(principal.value))
      throw new PolicySyntaxError("principal");
    if (action === undefined || action.isNot || !action.value.every(isControlledAction))
      throw new PolicySyntaxError("action");
    if (action.value.length === 0) throw new PolicySyntaxError("missing-action");
    if (resource === undefined || resource.value.length === 0) throw new PolicySyntaxError("missing-resource");
    checkNames(statement);
    for (const each of resource.value) checkArnPattern(each);
  },
};

const isEveryone = (element: PrincipalElement) =>
  element === "*" || element.every(([type, names]) => type === "AWS" && names.every((name) => name === "*"));

export const isControlledAction = (action: string) => CONTROLLED.has(action.split(":")[0]?.toLowerCase() ?? "");

const RULES: Readonly<Record<PolicyKind, KindRules>> = table({
  identity: IDENTITY,
  session: IDENTITY,
  key: KEY,
  resource: RESOURCE,
  trust: TRUST,
  "service-control": SERVICE_CONTROL,
  "resource-control": RESOURCE_CONTROL,
});

export const rulesOf = (kind: PolicyKind): KindRules => RULES[kind];

function alphanumericAndUnique(sids: readonly (string | undefined)[]): void {
  const named = sids.filter((sid): sid is string => sid !== undefined && sid !== "");
  if (!named.every((sid) => /^[0-9A-Za-z]*$/.test(sid)))
    throw new PolicySyntaxError(
      "sid",
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  if (new Set(named).size !== named.length)
    throw new PolicySyntaxError("sid", "Statement IDs (SID) in a single policy must be unique.");
}

const NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

function checkNames({ action, conditions }: DocumentStatement): void {
  for (const name of action?.value ?? [])
    if (name !== "*" && !/^(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?]+$/.test(name))
      throw new PolicySyntaxError("action", name.includes(":") ? undefined : NO_VENDOR);
  for (const condition of conditions) checkConditionKey(condition);
}

function checkConditionKey({ key }: ConditionElement): void {
  // The keys of a provider of identities begin with its host and path: `id.example.com/tenant:sub`.
  if (!/^[A-Za-z0-9][\w.~%+=@/-]*:./.test(key)) throw new PolicySyntaxError("condition", NO_VENDOR);
}

function checkArnPattern(resource: string): void {
  if (resource === "*") return;
  if (!resource.startsWith("arn:"))
    throw new PolicySyntaxError("resource", `Resource ${resource} must be in ARN format or "*".`);
  if (resource.split(":").length < 6 && !resource.endsWith("*"))
    throw new PolicySyntaxError("resource", "The policy failed legacy parsing");
}

type Complaint = (type: string, name: string) => string;

function requirePrincipal({ principal }: DocumentStatement, complaint: Complaint): void {
  if (principal === undefined) throw new PolicySyntaxError("missing-principal", "Missing required field Principal");
  checkPrincipals(principal.value, complaint);
}

function checkPrincipals(element: PrincipalElement, complaint: Complaint): void {
  if (element === "*") return;
  for (const [type, names] of element) {
    const isValid = PRINCIPALS.get(type);
    if (isValid === undefined) throw new PolicySyntaxError("structure");
    for (const name of names) if (!isValid(name)) throw new PolicySyntaxError("principal", complaint(type, name));
  }
}

/** No group and no part of a wildcard is a principal (kms P-7). */
const PRINCIPALS = new Map<string, (name: string) => boolean>([
  ["AWS", isAwsPrincipal],
  ["Service", (name) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)],
  ["Federated", (name) => /^[^*?\s]+$/.test(name)],
  ["CanonicalUser", (name) => /^[0-9a-f]{16,64}$/.test(name)],
]);

function isAwsPrincipal(name: string): boolean {
  if (name === "*" || isAccountId(name) || isUniqueId(name)) return true;
  const parts = parseArn(name);
  return parts !== undefined && isPrincipalArn(parts);
}

/** `AIDA…`, `AROA…`: how IAM shows and stores users and roles in policies. */
export const isUniqueId = (name: string): boolean => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name);

const PRINCIPAL_RESOURCES = new Map([
  ["iam", /^(root|(user|role)\/([\x21-\x29\x2b-\x3e\x40-\x7e]+\/)*[\w+=,.@-]+)$/],
  ["sts", /^(assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+)$/],
]);

function isPrincipalArn({ service, region, account, resource }: ArnParts): boolean {
  return region === "" && isAccountId(account) && (PRINCIPAL_RESOURCES.get(service)?.test(resource) ?? false);
}
