import { type Context, fill, likeText, plain } from "./naive-text.js";

/** `undefined`: the two cannot be compared. */
type Compare = (value: string, wanted: string) => boolean | undefined;

const number = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined);
const date = (text: string) =>
  /^\d+$/.test(text) ? Number(text) * 1000 : isNaN(Date.parse(text)) ? undefined : Date.parse(text);

function ordered(read: (text: string) => number | undefined, is: (a: number, b: number) => boolean): Compare {
  return (value, wanted) => {
    const [a, b] = [read(value), read(plain(wanted))];
    return a === undefined || b === undefined ? undefined : is(a, b);
  };
}

const address = (text: string): number | undefined => {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((all, part) => all * 256 + part, 0);
};

const inRange: Compare = (value, wanted) => {
  const [network = "", bits = "32"] = plain(wanted).split("/");
  const [a, b] = [address(value), address(network)];
  if (a === undefined || b === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(a / size) === Math.floor(b / size);
};

const arnLike: Compare = (value, wanted) => {
  const [a, b] = [six(value), six(wanted)];
  return a === undefined || b === undefined ? undefined : a.every((part, at) => likeText(b[at] ?? "", part));
};

function six(arn: string): string[] | undefined {
  const parts = arn.split(":");
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

const equal: Compare = (value, wanted) => value === plain(wanted);

const POSITIVE: Readonly<Record<string, Compare>> = {
  StringEquals: equal,
  StringEqualsIgnoreCase: (value, wanted) => value.toLowerCase() === plain(wanted).toLowerCase(),
  StringLike: (value, wanted) => likeText(wanted, value),
  NumericEquals: ordered(number, (a, b) => a === b),
  NumericLessThan: ordered(number, (a, b) => a < b),
  NumericLessThanEquals: ordered(number, (a, b) => a <= b),
  NumericGreaterThan: ordered(number, (a, b) => a > b),
  NumericGreaterThanEquals: ordered(number, (a, b) => a >= b),
  DateEquals: ordered(date, (a, b) => a === b),
  DateLessThan: ordered(date, (a, b) => a < b),
  DateGreaterThan: ordered(date, (a, b) => a > b),
  Bool: (value, wanted) =>
    /^(true|false)$/i.test(value) ? value.toLowerCase() === plain(wanted).toLowerCase() : undefined,
  IpAddress: inRange,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};

export const OPERATORS: readonly string[] = [...Object.keys(POSITIVE), ...Object.keys(NEGATED)];

/** One operator, one key, its values, read literally from kms 5.8. */
export function conditionHolds(
  written: string,
  key: string,
  wanted: readonly string[],
  values: Context,
  version: string,
  isDeny: boolean,
): boolean {
  const [, set, base = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(written) ?? [];
  const found = values[key.toLowerCase()];
  const list = found === undefined ? [] : typeof found === "string" ? [found] : found;
  if (base === "Null") return wanted.includes(String(list.length === 0));
  const negated = NEGATED[base] !== undefined;
  const filled = wanted.map((text) => fill(text, values, version));
  // A value whose variable is unknown equals nothing; where that would satisfy the condition, it is not satisfied.
  if (negated && filled.includes(undefined)) return false;
  if (set === "ForAllValues" && list.length === 0) return true;
  if (list.length === 0) return ifExists !== undefined || (negated && set !== "ForAnyValue");
  const compare = POSITIVE[NEGATED[base] ?? base];
  if (compare === undefined) throw new Error(`no operator ${written}`);
  const holds = (value: string): boolean => {
    const results = filled.filter((text) => text !== undefined).map((text) => compare(value, text));
    if (results.includes(true)) return !negated;
    // What cannot be compared never lets anyone in and never lets a Deny slip (kms A-9).
    if (results.includes(undefined)) return isDeny;
    return negated;
  };
  return set === "ForAllValues" ? list.every(holds) : list.some(holds);
}
