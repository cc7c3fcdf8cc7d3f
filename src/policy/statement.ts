import { type Condition, compileCondition } from "./condition.js";
import type { DocumentStatement, Selection } from "./document.js";
import { globOf, globTest, tokensOf } from "./glob.js";
import { compilePrincipal, type ReachOf } from "./principal.js";
import { fill, isStatic, readTemplate } from "./template.js";
import type { PolicyKind, PolicyRequest, RequestValues } from "./types.js";

/** One statement, compiled. */
export interface Statement {
  readonly sid: string | undefined;
  /** Its place in the document, from 0. */
  readonly index: number;
  readonly isDeny: boolean;
  readonly reach: ReachOf;
  /** Takes the action in lower case. */
  matchesAction(action: string): boolean;
  matchesResource(resource: string, values: RequestValues): boolean;
  readonly conditions: readonly Condition[];
}

/** Why a statement says nothing about a request. */
export const MISS = { action: -1, principal: -2, resource: -3, condition: -4 } as const;

/**
 * The statement's reach to the caller, which is more than 0, when all of it matches; else what did not match:
 * a MISS, and for the condition at place n `MISS.condition - n`.
 */
export function weighStatement(statement: Statement, request: PolicyRequest, lowerAction: string): number {
  if (!statement.matchesAction(lowerAction)) return MISS.action;
  const reach = statement.reach(request);
  if (reach === 0) return MISS.principal;
  if (!statement.matchesResource(request.resource, request.values)) return MISS.resource;
  const { conditions } = statement;
  for (let at = 0; at < conditions.length; at++) if (!conditions[at]?.holds(request.values)) return MISS.condition - at;
  return reach;
}

export function compileStatement(
  source: DocumentStatement,
  index: number,
  kind: PolicyKind,
  hasVariables: boolean,
): Statement {
  const place = { kind, isDeny: source.isDeny, hasVariables };
  return {
    sid: source.sid,
    index,
    isDeny: source.isDeny,
    reach: compilePrincipal(source.principal, source.isDeny),
    matchesAction: actionTest(source.action),
    matchesResource: kind === "trust" ? () => true : resourceTest(source.resource, hasVariables),
    conditions: source.conditions.map(({ operator, key, values }) => compileCondition(operator, key, values, place)),
  };
}

/** A statement without Action matches nothing (kms P-3). */
function actionTest(selection: Selection<readonly string[]>): (action: string) => boolean {
  if (selection === undefined) return () => false;
  const { isNot } = selection;
  const tests = selection.value.map((pattern) => globOf(pattern.toLowerCase()));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return (action) => only(action) !== isNot;
  return (action) => tests.some((test) => test(action)) !== isNot;
}

type ResourceTest = (resource: string, values: RequestValues) => boolean;

function resourceTest(selection: Selection<readonly string[]>, hasVariables: boolean): ResourceTest {
  if (selection === undefined) return () => false;
  const tests = selection.value.map((pattern) => patternTest(pattern, hasVariables));
  const [only] = tests;
  if (selection.isNot) return (resource, values) => tests.every((test) => test(resource, values) === false);
  if (tests.length === 1 && only !== undefined) return (resource, values) => only(resource, values) === true;
  return (resource, values) => tests.some((test) => test(resource, values) === true);
}

/** Undefined: a variable had no value. Neither Resource nor NotResource is satisfied then (kms 5.8). */
function patternTest(
  pattern: string,
  hasVariables: boolean,
): (resource: string, values: RequestValues) => boolean | undefined {
  const start = hasVariables ? resourcePart(pattern) : pattern.length;
  const tail = readTemplate(pattern.slice(start), hasVariables);
  if (isStatic(tail)) return globTest(tokensOf([{ text: pattern.slice(0, start), literal: false }, ...tail]));
  return (resource, values) => {
    const filled = fill(tail, values);
    if (filled === undefined) return undefined;
    return globTest(tokensOf([{ text: pattern.slice(0, start), literal: false }, ...filled]))(resource);
  };
}

/** Variables stand after the fifth colon only; before it `${…}` is plain text, which no ARN holds. */
function resourcePart(pattern: string): number {
  let at = 0;
  for (let colons = 0; colons < 5; colons++) {
    const colon = pattern.indexOf(":", at);
    if (colon < 0) return pattern.length;
    at = colon + 1;
  }
  return at;
}
