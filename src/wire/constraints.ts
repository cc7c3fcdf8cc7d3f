/** What a service demands of a member beyond its type. The models leave it out; `extra/` has the reviewed tables. */
export interface Constraint {
  /** Characters, bytes or items. */
  readonly length?: readonly [least: number, most: number];
  readonly range?: readonly [least: number, most: number];
  /** As the service prints it; matches the whole value. */
  readonly pattern?: string;
  /** Of a list's items. */
  readonly each?: Constraint;
  readonly keys?: Constraint;
  readonly values?: Constraint;
  /** The service itself checks the value in its own words or order: the model's enum is not enforced at the door. */
  readonly anyValue?: true;
  /** What the service says where the member is missing or not of its type: an InvalidRequest in the place of the protocol's refusal. */
  readonly inWords?: { readonly missing?: string; readonly malformed?: string };
}

/** One violation, in the words of AWS's common framework. */
export interface Fault {
  readonly kind: "missing" | "invalid";
  /** `tags.1.member.tagKey` */
  readonly path: string;
  /** The member as the wire names it. */
  readonly member: string;
  /** `Value 'x'`, or `Value` alone where it must not be shown. */
  readonly shown: string;
  readonly text: string;
  readonly value: unknown;
}

export const faultText = (fault: Fault): string =>
  `${fault.shown} at '${fault.path}' failed to satisfy constraint: ${fault.text}`;

/** Gives the texts of all that a value violates; empty when it is good. */
export type Check = (value: unknown) => readonly string[];

const GOOD: readonly string[] = [];

/** Undefined when there is nothing to check. */
export function compileCheck(constraint: Constraint | undefined, values: readonly string[] | undefined) {
  const checks = [...partChecks(constraint), ...enumChecks(constraint, values), ...collectionChecks(constraint)];
  if (checks.length === 0) return undefined;
  const [only] = checks;
  if (checks.length === 1 && only) return only;
  return (value: unknown) => {
    let texts = GOOD;
    for (const check of checks) {
      const found = check(value);
      if (found.length > 0) texts = [...texts, ...found];
    }
    return texts;
  };
}

function* partChecks(constraint: Constraint | undefined): Generator<Check> {
  if (constraint?.length) yield lengthCheck(...constraint.length);
  if (constraint?.range) yield rangeCheck(...constraint.range);
  if (constraint?.pattern !== undefined) yield patternCheck(constraint.pattern);
}

function lengthCheck(least: number, most: number): Check {
  const tooLong = [mustBe("length less than or equal to", most)];
  const tooShort = [mustBe("length greater than or equal to", least)];
  return (value) => {
    const length = sizeOf(value);
    if (length === undefined) return GOOD;
    if (length > most) return tooLong;
    return length < least ? tooShort : GOOD;
  };
}

function rangeCheck(least: number, most: number): Check {
  const tooLarge = [mustBe("value less than or equal to", most)];
  const tooSmall = [mustBe("value greater than or equal to", least)];
  return (value) => {
    if (typeof value !== "number") return GOOD;
    if (value > most) return tooLarge;
    return value < least ? tooSmall : GOOD;
  };
}

function patternCheck(pattern: string): Check {
  const expression = regExpOf(pattern);
  const bad = [`Member must satisfy regular expression pattern: ${pattern}`];
  return (value) => (typeof value !== "string" || expression.test(value) ? GOOD : bad);
}

/** `-` between two classes, as in `[a-z-_.]`, is a plain hyphen to AWS and an error to the stricter mode. */
function regExpOf(pattern: string): RegExp {
  const source = `^(?:${pattern})$`;
  return /\\p\{/.test(pattern) ? new RegExp(source, "u") : new RegExp(source);
}

function* enumChecks(constraint: Constraint | undefined, values: readonly string[] | undefined): Generator<Check> {
  if (values === undefined || constraint?.anyValue) return;
  const known = new Set<unknown>(values);
  const bad = [`Member must satisfy enum value set: [${values.join(", ")}]`];
  yield (value) => (known.has(value) ? GOOD : bad);
}

/**
 * A list or map of simple values names what its members must satisfy, all of it, and not which one failed. A row that
 * is for all members of a name may meet one of another type, and is then silent.
 */
function* collectionChecks(constraint: Constraint | undefined): Generator<Check> {
  if (constraint?.each) yield wholeCheck("Member", constraint.each, (value) => (Array.isArray(value) ? value : []));
  if (constraint?.keys) yield wholeCheck("Map keys", constraint.keys, (value) => Object.keys(mapOf(value)));
  if (constraint?.values) yield wholeCheck("Map value", constraint.values, (value) => Object.values(mapOf(value)));
}

const mapOf = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

function wholeCheck(what: string, constraint: Constraint, partsOf: (value: unknown) => readonly unknown[]): Check {
  const check = compileCheck(constraint, undefined);
  const bad = [`${what} must satisfy constraint: [${everyText(constraint, undefined).join(", ")}]`];
  return (value) => (check && partsOf(value).some((part) => check(part).length > 0) ? bad : GOOD);
}

/** For lists whose items have an enum of the model's. */
export function itemEnumCheck(values: readonly string[]): Check {
  const known = new Set<unknown>(values);
  const bad = [`Member must satisfy constraint: [Member must satisfy enum value set: [${values.join(", ")}]]`];
  return (value) => ((value as readonly unknown[]).every((item) => known.has(item)) ? GOOD : bad); // only lists come here
}

function everyText(constraint: Constraint, values: readonly string[] | undefined): string[] {
  const { length, range, pattern } = constraint;
  return [
    ...(length && Number.isFinite(length[1]) ? [mustBe("length less than or equal to", length[1])] : []),
    ...(length ? [mustBe("length greater than or equal to", length[0])] : []),
    ...(range ? [mustBe("value less than or equal to", range[1])] : []),
    ...(range ? [mustBe("value greater than or equal to", range[0])] : []),
    ...(pattern === undefined ? [] : [`Member must satisfy regular expression pattern: ${pattern}`]),
    ...(values === undefined ? [] : [`Member must satisfy enum value set: [${values.join(", ")}]`]),
  ];
}

const mustBe = (what: string, bound: number): string => `Member must have ${what} ${bound}`;

function sizeOf(value: unknown): number | undefined {
  if (typeof value === "string" || value instanceof Uint8Array || Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}

/** Longer values are cut in messages: they are echoes of what the caller knows. */
const SHOWN_CHARACTERS = 4096;

/** Sensitive values, bytes and structures are never repeated. */
export function show(value: unknown, sensitive: boolean): string {
  const text = sensitive ? undefined : plain(value);
  return text === undefined ? "Value" : `Value '${text.slice(0, SHOWN_CHARACTERS)}'`;
}

function plain(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return joined(value.map(simple), "[", "]");
  if (typeof value !== "object" || value === null) return simple(value);
  if (value instanceof Uint8Array) return undefined;
  const pairs = Object.entries(value).map(([key, part]) => [key, simple(part)] as const);
  return joined(
    pairs.map(([key, text]) => (text === undefined ? undefined : `${key}=${text}`)),
    "{",
    "}",
  );
}

const simple = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

function joined(texts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return texts.includes(undefined) ? undefined : `${open}${texts.join(", ")}${close}`;
}
