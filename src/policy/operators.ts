import { LIMITS, parseBase64, rowOf, table } from "../base/index.js";
import { arnTest } from "./arn-pattern.js";
import { globTest, type Piece, tokensOf } from "./glob.js";
import { isInside, parseAddress, parseNetwork } from "./ip.js";
import { parseBool, parseDate, parseNumber } from "./literals.js";
import { textOf } from "./template.js";

/** One value of a request against one of a policy. Undefined: the request's value cannot be compared at all. */
export type Compare = (value: string) => boolean | undefined;

export interface Operator {
  readonly name: string;
  /** Its values are NOR-ed, and a missing key satisfies it. */
  readonly negated: boolean;
  readonly takesVariables: boolean;
  /** Undefined: no literal of this operator's type. */
  compile(pieces: readonly Piece[]): Compare | undefined;
}

type Compile = Operator["compile"];

/** An operator over a type with a reader: both sides are read, then compared. */
const typed =
  <T>(read: (text: string) => T | undefined, holds: (value: T, literal: T) => boolean): Compile =>
  (pieces) => {
    const literal = read(textOf(pieces));
    if (literal === undefined) return undefined;
    return (text) => {
      const value = read(text);
      return value === undefined ? undefined : holds(value, literal);
    };
  };

const stringEquals: Compile = (pieces) => {
  const wanted = textOf(pieces);
  return (value) => value === wanted;
};

const stringEqualsIgnoreCase: Compile = (pieces) => {
  const wanted = textOf(pieces).toLowerCase();
  return (value) => value.toLowerCase() === wanted;
};

const stringLike: Compile = (pieces) => bounded(globTest(tokensOf(pieces)));

const arnLike: Compile = (pieces) => {
  const test = arnTest(pieces);
  return test && bounded(test);
};

/** Patterns cost more the longer the value is; no ARN and no honest text comes near the bound. */
const bounded =
  (compare: Compare): Compare =>
  (value) =>
    value.length > LIMITS.policyPatternValueChars ? undefined : compare(value);

const inNetwork: Compile = (pieces) => {
  const network = parseNetwork(textOf(pieces));
  if (network === undefined) return undefined;
  return (text) => {
    const address = parseAddress(text);
    return address === undefined ? undefined : isInside(address, network);
  };
};

const readBytes = (text: string) => parseBase64(text)?.toString("hex");
const equal = <T>(value: T, literal: T) => value === literal;
const less = (value: number, literal: number) => value < literal;
const lessOrEqual = (value: number, literal: number) => value <= literal;
const greater = (value: number, literal: number) => value > literal;
const greaterOrEqual = (value: number, literal: number) => value >= literal;

const row = (name: string, compile: Compile, options: { negated?: boolean; variables?: boolean } = {}) => ({
  name,
  compile,
  negated: options.negated ?? false,
  takesVariables: options.variables ?? false,
});

const NOT = { negated: true };
const VARIABLES = { variables: true };
const NOT_VARIABLES = { negated: true, variables: true };

/** By lower-case name: IAM takes `bool` for `Bool`. */
const OPERATORS = table({
  stringequals: row("StringEquals", stringEquals, VARIABLES),
  stringnotequals: row("StringNotEquals", stringEquals, NOT_VARIABLES),
  stringequalsignorecase: row("StringEqualsIgnoreCase", stringEqualsIgnoreCase, VARIABLES),
  stringnotequalsignorecase: row("StringNotEqualsIgnoreCase", stringEqualsIgnoreCase, NOT_VARIABLES),
  stringlike: row("StringLike", stringLike, VARIABLES),
  stringnotlike: row("StringNotLike", stringLike, NOT_VARIABLES),
  numericequals: row("NumericEquals", typed(parseNumber, equal)),
  numericnotequals: row("NumericNotEquals", typed(parseNumber, equal), NOT),
  numericlessthan: row("NumericLessThan", typed(parseNumber, less)),
  numericlessthanequals: row("NumericLessThanEquals", typed(parseNumber, lessOrEqual)),
  numericgreaterthan: row("NumericGreaterThan", typed(parseNumber, greater)),
  numericgreaterthanequals: row("NumericGreaterThanEquals", typed(parseNumber, greaterOrEqual)),
  dateequals: row("DateEquals", typed(parseDate, equal)),
  datenotequals: row("DateNotEquals", typed(parseDate, equal), NOT),
  datelessthan: row("DateLessThan", typed(parseDate, less)),
  datelessthanequals: row("DateLessThanEquals", typed(parseDate, lessOrEqual)),
  dategreaterthan: row("DateGreaterThan", typed(parseDate, greater)),
  dategreaterthanequals: row("DateGreaterThanEquals", typed(parseDate, greaterOrEqual)),
  bool: row("Bool", typed(parseBool, equal)),
  binaryequals: row("BinaryEquals", typed(readBytes, equal)),
  ipaddress: row("IpAddress", inNetwork),
  notipaddress: row("NotIpAddress", inNetwork, NOT),
  arnequals: row("ArnEquals", arnLike, VARIABLES),
  arnlike: row("ArnLike", arnLike, VARIABLES),
  arnnotequals: row("ArnNotEquals", arnLike, NOT_VARIABLES),
  arnnotlike: row("ArnNotLike", arnLike, NOT_VARIABLES),
});

export const findOperator = (name: string): Operator | undefined => rowOf(OPERATORS, name.toLowerCase());
