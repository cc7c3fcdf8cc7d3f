import type { Authorized, Check } from "../identity/index.js";
import type { RequestContext } from "./context.js";

/**
 * One AWS operation. The pipeline calls, in this order: `target` (look up), `checks` (authorize), `run`; then it
 * writes the audit record and answers. `Ports` is what the service was given when it was opened.
 */
export interface Operation<Ports, Input, Output, Target> {
  readonly name: string;
  /** Looks up what the operation is about. Its NotFound errors come before authorization; keep secrets out of them. */
  target?(ctx: RequestContext, input: Input, ports: Ports): Promise<Target> | Target;
  /** What must be allowed. An operation that needs no permission says `checks: () => []` and why. */
  checks(ctx: RequestContext, input: Input, target: Target, ports: Ports): readonly Check[] | Promise<readonly Check[]>;
  run(ctx: RequestContext, input: Input, ok: Authorized<Target>, ports: Ports): Promise<Output>;
  /** CloudTrail's readOnly. */
  readonly readOnly: boolean;
  /** `Data` events (S3 objects) are not in LookupEvents. */
  readonly category?: "Management" | "Data";
  readonly audit?: OperationAudit<Input, Output>;
}

/** What the record shows. Without these: all input members but those in `secret`, and no response elements. */
export interface OperationAudit<Input, Output> {
  request?(input: Input): Record<string, unknown> | null;
  response?(output: Output): Record<string, unknown> | null;
}

/** An operation whose types are forgotten and whose ports are bound: what the pipeline runs. */
export interface AnyOperation {
  readonly name: string;
  readonly readOnly: boolean;
  readonly category: "Management" | "Data";
  /** A value or the promise of one: keys that are known are not waited for. */
  target(ctx: RequestContext, input: unknown): unknown;
  checks(ctx: RequestContext, input: unknown, target: unknown): readonly Check[] | Promise<readonly Check[]>;
  run(ctx: RequestContext, input: unknown, ok: Authorized<unknown>): Promise<Record<string, unknown>>;
  auditRequest(input: unknown): Record<string, unknown> | null;
  auditResponse(output: Record<string, unknown>): Record<string, unknown> | null;
}

type CommandOf<Client, Name extends string> = `${Name}Command` extends keyof Client ? Client[`${Name}Command`] : never;

/** Required members are there after decoding; the SDK's types allow undefined for them. */
type Decoded<T> = { [K in keyof T]: Record<string, never> extends Pick<T, K> ? T[K] : NonNullable<T[K]> };

/** The request of an operation, from the official client's types. `Body` streams are in `ctx.body`. */
export type InputOf<Client, Name extends string> =
  CommandOf<Client, Name> extends new (
    ...args: infer Args extends unknown[]
  ) => unknown
    ? Decoded<Exclude<Args, []>[0]>
    : never;

/** The answer of an operation, from the official client's types, without the client's own `$metadata`. */
export type OutputOf<Client, Name extends string> =
  CommandOf<Client, Name> extends new (
    input: never,
  ) => { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }> }
    ? Omit<Output, "$metadata">
    : never;

export type NamesOf<Client> = Extract<keyof Client, `${string}Command`> extends `${infer Name}Command` ? Name : never;

type Definition<Ports, Input, Output, Target> = Omit<Operation<Ports, Input, Output, Target>, "name" | "readOnly"> & {
  readonly readOnly?: boolean;
};

/**
 * The `operation` function of one service, typed by its official client:
 * `export const operation = operationsOf<typeof import("@aws-sdk/client-kms"), KmsPorts>();`
 * It returns a function of the ports, so that `service.ts` can bind all operations at once.
 */
export function operationsOf<Client, Ports>() {
  return <Name extends NamesOf<Client> & string, Target = undefined>(
    name: Name,
    definition: Definition<Ports, InputOf<Client, Name>, OutputOf<Client, Name>, Target>,
  ) =>
    bindable<Ports, InputOf<Client, Name>, OutputOf<Client, Name>, Target>({
      name,
      readOnly: /^(Get|List|Describe|Head|Lookup)/.test(name),
      ...definition,
    });
}

export type BoundBy<Ports> = (ports: Ports) => AnyOperation;

function bindable<Ports, Input, Output, Target>(operation: Operation<Ports, Input, Output, Target>): BoundBy<Ports> {
  return (ports) => ({
    name: operation.name,
    readOnly: operation.readOnly,
    category: operation.category ?? "Management",
    // The pipeline passes what the wire decoded for this very operation, and the target that `target` returned:
    // the casts put back the types that the erased signature forgot.
    target: (ctx, input) => operation.target?.(ctx, input as Input, ports),
    checks: (ctx, input, target) => operation.checks(ctx, input as Input, target as Target, ports),
    run: (ctx, input, ok) =>
      operation.run(ctx, input as Input, ok as Authorized<Target>, ports) as Promise<Record<string, unknown>>,
    auditRequest: (input) =>
      operation.audit?.request ? operation.audit.request(input as Input) : lowerCamel(input as Record<string, unknown>),
    auditResponse: (output) => operation.audit?.response?.(output as Output) ?? null,
  });
}

/**
 * An operation of the house's own API, which no AWS model describes: its input is checked by `parse`, which throws
 * ValidationException.
 */
export function ownOperation<Ports, Input, Output extends object>(
  name: string,
  definition: {
    readonly readOnly: boolean;
    parse(input: Readonly<Record<string, unknown>>): Input;
    checks(ctx: RequestContext, input: Input, target: undefined, ports: Ports): readonly Check[];
    run(ctx: RequestContext, input: Input, ok: Authorized<undefined>, ports: Ports): Promise<Output>;
  },
): BoundBy<Ports> {
  const parsed = definition.parse;
  return bindable<Ports, Readonly<Record<string, unknown>>, Output, undefined>({
    name,
    readOnly: definition.readOnly,
    checks: (ctx, input, target, ports) => definition.checks(ctx, parsed(input), target, ports),
    run: (ctx, input, ok, ports) => definition.run(ctx, parsed(input), ok, ports),
  });
}

/** CloudTrail writes member names in lower camel case. Blobs never go into a record. */
export function lowerCamel(input: Record<string, unknown>): Record<string, unknown> | null {
  const members = Object.entries(input).filter(([, value]) => value !== undefined && !(value instanceof Uint8Array));
  if (members.length === 0) return null;
  return Object.fromEntries(members.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]));
}
