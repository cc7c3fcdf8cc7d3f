import { LIMITS } from "../base/index.js";
import { isMixed } from "./glob.js";
import { parseJsonOnce } from "./json-shape.js";
import { rulesOf } from "./kind-rules.js";
import { PolicySyntaxError } from "./syntax-error.js";
import type { PolicyKind } from "./types.js";

/** A document whose shape is known: what may be there is there and of its type; nothing is compiled yet. */
export interface Document {
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly DocumentStatement[];
}

export interface DocumentStatement {
  readonly sid: string | undefined;
  readonly isDeny: boolean;
  readonly principal: Selection<PrincipalElement>;
  readonly action: Selection<readonly string[]>;
  readonly resource: Selection<readonly string[]>;
  readonly conditions: readonly ConditionElement[];
}

/** `Action` or `NotAction`, or neither. */
export type Selection<T> = { readonly isNot: boolean; readonly value: T } | undefined;

export type PrincipalElement = "*" | readonly (readonly [type: string, names: readonly string[]])[];

export interface ConditionElement {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const ELEMENTS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);
const VERSIONS = new Set(["2008-10-17", "2012-10-17"]);

/** Reads a document of this kind, or says what is wrong with it in AWS's words. */
export function readDocument(text: string, kind: PolicyKind, managed: boolean): Document {
  if (Buffer.byteLength(text) > LIMITS.policyDocumentBytes) throw new PolicySyntaxError("too-large");
  const document = objectOf(parseJsonOnce(text));
  onlyElements(document, ELEMENTS);
  refuseId(document, kind);
  const version = versionOf(document, managed);
  const statements = listOf(document["Statement"]).map((each) => statementOf(objectOf(each), kind));
  refuseTooMany(statements);
  rulesOf(kind).checkSids(statements.map((statement) => statement.sid));
  return { version, statements };
}

function refuseId(document: Json, kind: PolicyKind): void {
  const id = document["Id"];
  if (id === undefined) return;
  if (typeof id !== "string" || !rulesOf(kind).takesId) throw new PolicySyntaxError("structure");
}

/** Managed policies must be of today's version; elsewhere an absent version is the old one. */
function versionOf(document: Json, managed: boolean): Document["version"] {
  const version = document["Version"] ?? "2008-10-17";
  if (typeof version !== "string" || !VERSIONS.has(version) || (managed && version !== "2012-10-17"))
    throw new PolicySyntaxError("version", "Policy document must be version 2012-10-17 or greater.");
  return version === "2012-10-17" ? version : "2008-10-17";
}

function statementOf(statement: Json, kind: PolicyKind): DocumentStatement {
  onlyElements(statement, STATEMENT_ELEMENTS);
  const rules = rulesOf(kind);
  const read = {
    sid: sidOf(statement["Sid"]),
    isDeny: isDeny(statement["Effect"]),
    principal: selection(statement, "Principal", principalOf),
    action: selection(statement, "Action", stringsOf),
    resource: selection(statement, "Resource", stringsOf),
    conditions: statement["Condition"] === undefined ? [] : conditionsOf(objectOf(statement["Condition"])),
  };
  rules.checkStatement(read);
  return read;
}

function sidOf(sid: unknown): string | undefined {
  if (sid !== undefined && typeof sid !== "string") throw new PolicySyntaxError("sid");
  return sid;
}

function isDeny(effect: unknown): boolean {
  if (effect !== "Allow" && effect !== "Deny") throw new PolicySyntaxError("effect");
  return effect === "Deny";
}

function selection<T>(statement: Json, name: string, read: (value: unknown) => T): Selection<T> {
  const [plain, not] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && not !== undefined) throw new PolicySyntaxError("structure");
  if (plain !== undefined) return { isNot: false, value: read(plain) };
  return not === undefined ? undefined : { isNot: true, value: read(not) };
}

function principalOf(value: unknown): PrincipalElement {
  if (value === "*") return value;
  if (typeof value === "string") throw new PolicySyntaxError("principal");
  return Object.entries(objectOf(value)).map(([type, names]) => [type, stringsOf(names)] as const);
}

function conditionsOf(block: Json): ConditionElement[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys)).map(([key, values]) => ({ operator, key, values: conditionValues(values) })),
  );
}

/** Numbers and booleans may stand without quotes. */
function conditionValues(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((each: unknown) => {
    if (typeof each === "number" || typeof each === "boolean") return String(each);
    if (typeof each !== "string") throw new PolicySyntaxError("condition");
    return each;
  });
}

function stringsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((each: unknown) => {
    if (typeof each !== "string") throw new PolicySyntaxError("structure");
    return each;
  });
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) throw new PolicySyntaxError("structure");
  return Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new PolicySyntaxError("structure");
  return value as Json; // an object, and no array
}

function onlyElements(value: Json, known: ReadonlySet<string>): void {
  for (const name of Object.keys(value)) if (!known.has(name)) throw new PolicySyntaxError("structure");
}

/** The bytes are bounded by the caller; this bounds the work of one evaluation. */
function refuseTooMany(statements: readonly DocumentStatement[]): void {
  const values = statements.flatMap(valuesOf);
  const mixedChars = values.reduce((sum, value) => sum + (isMixed(value) ? value.length : 0), 0);
  if (
    statements.length > LIMITS.policyStatements ||
    values.length > LIMITS.policyValues ||
    mixedChars > LIMITS.policyMixedPatternChars
  )
    throw new PolicySyntaxError("too-large");
}

function valuesOf({ action, resource, principal, conditions }: DocumentStatement): string[] {
  const names = principal === undefined || principal.value === "*" ? [] : principal.value.flatMap(([, each]) => each);
  const literals = conditions.flatMap((condition) => condition.values);
  return [...(action?.value ?? []), ...(resource?.value ?? []), ...names, ...literals];
}
