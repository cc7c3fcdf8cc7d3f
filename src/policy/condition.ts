import { parseBool } from "./literals.js";
import { type Compare, findOperator, type Operator } from "./operators.js";
import { PolicySyntaxError } from "./syntax-error.js";
import { fill, isStatic, readTemplate, type Template } from "./template.js";
import type { PolicyKind, RequestValues } from "./types.js";

/** One key of one operator. All conditions of a statement must hold. */
export interface Condition {
  /** `ForAnyValue:StringLike aws:TagKeys`, for explanations. */
  readonly name: string;
  holds(values: RequestValues): boolean;
}

export interface ConditionPlace {
  readonly kind: PolicyKind;
  readonly isDeny: boolean;
  readonly hasVariables: boolean;
}

type Quantifier = "one" | "all" | "any";

interface Plan {
  readonly quantifier: Quantifier;
  readonly operator: Operator;
  readonly ifExists: boolean;
  readonly isDeny: boolean;
}

export function compileCondition(
  operatorName: string,
  key: string,
  literals: readonly string[],
  place: ConditionPlace,
): Condition {
  const name = `${operatorName} ${key}`;
  const lookUp = reader(key, place);
  if (/^null$/i.test(operatorName)) return { name, holds: nullTest(lookUp, literals) };
  const plan = planOf(operatorName, place);
  refuseOverPermissive(plan, key, place);
  const templates = literals.map((text) => readTemplate(text, place.hasVariables && plan.operator.takesVariables));
  const holds = templates.every(isStatic) ? fixedTest(plan, lookUp, templates) : filledTest(plan, lookUp, templates);
  return { name, holds };
}

type LookUp = (values: RequestValues) => string | readonly string[] | undefined;

/** `kms:ResourceAliases` is for IAM policies only: a key policy never sees it (kms 5.7). */
function reader(key: string, { kind }: ConditionPlace): LookUp {
  const name = key.toLowerCase();
  if (kind === "key" && name === "kms:resourcealiases") return () => undefined;
  return (values) => {
    const value = values.get(name);
    return typeof value === "object" && value.length === 0 ? undefined : value; // an empty set is a missing key
  };
}

function nullTest(lookUp: LookUp, literals: readonly string[]): Condition["holds"] {
  const wanted = literals.map((text) => parseBool(text));
  if (wanted.includes(undefined)) throw new PolicySyntaxError("condition");
  return (values) => wanted.includes(lookUp(values) === undefined);
}

function planOf(text: string, { isDeny }: ConditionPlace): Plan {
  const [, set = "", base = "", ifExists] = /^(forallvalues:|foranyvalue:)?([a-z]+?)(ifexists)?$/i.exec(text) ?? [];
  const operator = findOperator(base);
  if (operator === undefined) throw new PolicySyntaxError("condition");
  const quantifier = set === "" ? "one" : /all/i.test(set) ? "all" : "any";
  return { quantifier, operator, ifExists: ifExists !== undefined, isDeny };
}

/** `ForAllValues` holds for a request that brings none, so these would guard nothing (kms P-9). */
function refuseOverPermissive({ quantifier }: Plan, key: string, { kind }: ConditionPlace): void {
  if (kind === "key" && quantifier === "all" && /^(kms:EncryptionContext:|aws:RequestTag\/)/i.test(key))
    throw new PolicySyntaxError("over-permissive", "Policy contains a statement with an over-permissive condition.");
}

function fixedTest(plan: Plan, lookUp: LookUp, templates: readonly Template[]): Condition["holds"] {
  const compares = templates.map((template) => compileLiteral(plan.operator, template));
  const missing = whenMissing(plan);
  return (values) => {
    const value = lookUp(values);
    return value === undefined ? missing : test(plan, compares, value);
  };
}

function compileLiteral({ compile }: Operator, template: Template): Compare {
  const compare = isStatic(template) ? compile(template) : undefined;
  if (compare === undefined) throw new PolicySyntaxError("condition");
  return compare;
}

/**
 * A value whose variable has no value matches nothing. Under a negated operator matching nothing would satisfy the
 * condition; there the statement does not match (kms 5.8).
 */
function filledTest(plan: Plan, lookUp: LookUp, templates: readonly Template[]): Condition["holds"] {
  const missing = whenMissing(plan);
  return (values) => {
    const compares: Compare[] = [];
    for (const template of templates) {
      const pieces = fill(template, values);
      const compare = pieces && plan.operator.compile(pieces);
      if (compare !== undefined) compares.push(compare);
      else if (plan.operator.negated) return false;
    }
    const value = lookUp(values);
    return value === undefined ? missing : test(plan, compares, value);
  };
}

function whenMissing({ quantifier, operator, ifExists }: Plan): boolean {
  if (ifExists || quantifier === "all") return true;
  return quantifier === "one" && operator.negated;
}

/** A single-valued operator on several values is read as ForAnyValue (kms 5.8). */
function test(plan: Plan, compares: readonly Compare[], value: string | readonly string[]): boolean {
  if (typeof value === "string") return testOne(plan, compares, value);
  if (plan.quantifier === "all") return value.every((each) => testOne(plan, compares, each));
  return value.some((each) => testOne(plan, compares, each));
}

/** What cannot be compared makes an Allow not match and a Deny match (kms A-9). */
function testOne({ operator, isDeny }: Plan, compares: readonly Compare[], value: string): boolean {
  for (const compare of compares) {
    const result = compare(value);
    if (result === undefined) return isDeny;
    if (result) return !operator.negated;
  }
  return operator.negated;
}
