import { createHash } from "node:crypto";
import { type Constraint, compileCheck } from "../../src/wire/constraints.js";
import { demandsOf } from "../../src/wire/extra/index.js";
import type { Bound, Member, Model, ShapeRef, Traits } from "../../src/wire/model.js";

/**
 * Small values for every member of a shape, the same each time. Text that goes into headers stays plain; all other
 * text holds what is awkward to carry.
 */
export class Samples {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  structure(ref: ShapeRef, depth = 0): Record<string, unknown> {
    const shape = this.#model.structure(ref);
    const members = shape.type === "union" ? shape.members.slice(0, 1) : shape.members;
    return Object.fromEntries(
      members.flatMap((member, i) => this.#member(shape.name, member, i < (shape.required ?? 0), depth, i)),
    );
  }

  /** Deep inside, where shapes may hold themselves, only what is required is filled. */
  #member(
    structure: string,
    [name, ref, traits]: Member,
    required: boolean,
    depth: number,
    i: number,
  ): [string, unknown][] {
    if (depth > 6 && !required && !["string", "number", "boolean"].includes(this.#model.shape(ref).type)) return [];
    const value = this.#fixed([name, ref, traits]) ?? this.#value([ref, traits], name, depth + 1, i);
    const constraint = demandsOf(this.#model.id).constraintOf(structure, name);
    return value === undefined ? [] : [[name, fitted(value, constraint)]];
  }

  #fixed([name, ref, traits]: Member): unknown {
    const isSimple = ["string", "number"].includes(this.#model.shape(ref).type);
    return traits?.httpResponseCode ? 200 : isSimple ? FIXED.get(name) : undefined;
  }

  #value([ref, traits = {}]: Bound, name: string, depth: number, i: number): unknown {
    const shape = this.#model.shape(ref);
    switch (shape.type) {
      case "structure":
      case "union":
        return this.structure(ref, depth);
      case "list": {
        const items = depth > 3 ? [0] : [0, 1];
        return items.map((more) => this.#value(shape.item, name, depth + 1, i + more));
      }
      case "map": {
        const value = traits.httpPrefixHeaders ? "v" : this.#value(shape.value, name, depth + 1, i);
        const key = this.#model.shape(shape.key[0]);
        const first =
          key.type === "string" && key.enum !== undefined ? this.#model.enums.get(key.enum)?.[0] : undefined;
        return value === undefined
          ? undefined
          : { [first ?? (traits.httpPrefixHeaders === undefined ? "k é&=" : "key")]: value };
      }
      case "blob":
        return traits.streaming ? undefined : Buffer.from(`bytes of ${name} \u0000\u00ff`, "latin1");
      case "timestamp":
        return new Date(Date.UTC(2026, 0, 2, 3, 4, 5 + (i % 50)));
      case "boolean":
        return i % 2 === 0;
      case "number":
        return 100 + (i % 90);
      case "string":
        return shape.enum === undefined ? text(name, traits) : this.#model.enums.get(shape.enum)?.[i % 2 === 0 ? 0 : 0];
      default:
        return undefined;
    }
  }
}

const isPlain = (traits: Traits): boolean =>
  traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined || traits.hostLabel !== undefined;

/** What S3 sends back as a header when a parameter of the request says so. */
const becomesHeader = (name: string): boolean => /^Response(Cache|Content)/.test(name);

const text = (name: string, traits: Traits): string =>
  isPlain(traits) || becomesHeader(name) ? `v-${name}` : `v ${name}<&>"'+%20/é😀`;

/** The value, or the first of the candidates that its service takes. */
function fitted(value: unknown, constraint: Constraint | undefined): unknown {
  const check = compileCheck(constraint, undefined);
  if (constraint === undefined || check === undefined || check(value).length === 0) return value;
  if (Array.isArray(value)) return value.slice(0, constraint.length?.[1]).map((item) => fitted(item, constraint.each));
  if (value instanceof Uint8Array) return Buffer.alloc(constraint.length?.[0] ?? 1, 7);
  if (typeof value === "number") return constraint.range?.[0];
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const pairs = Object.entries(value).map(([key, part]) => [
      fitted(key, constraint.keys),
      fitted(part, constraint.values),
    ]);
    return Object.fromEntries(pairs);
  }
  if (typeof value !== "string") return value;
  const least = constraint.length?.[0] ?? 1;
  return (
    [...CANDIDATES, "s".repeat(least), "0".repeat(least)].find((candidate) => check(candidate).length === 0) ?? value
  );
}

const CANDIDATES = [
  "/sample/",
  "v1",
  "s3://sample-bucket/prefix",
  "sample.amazonaws.com",
  "o-0123456789/r-0123",
  "p-01234567",
  "r-0123",
  "ou-0123-01234567",
  "h-01234567",
  "car-01234567",
  "rt-01234567",
  "someone@example.com",
  "12:00",
  "https://example.com/",
  "sample-name",
  "sample",
  "123456789012",
  "us-west-2",
  "service.example.com",
  "arn:aws:kms:us-east-1:123456789012:key/sample",
  "cluster-abcdefghijk",
  "https://proxy.example.com",
  "/sample/kms/xks/v1",
  "com.amazonaws.vpce.us-east-1.vpce-svc-0123",
  "ABCDEFGHIJKLMNOPQRST",
  "0123456789abcdef".repeat(4),
  "s".repeat(43),
];

/** The S3 client sends a customer key as base64 and computes its digest. */
const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const KEY_MD5 = createHash("md5").update(KEY).digest("base64");

/** Members whose value the clients or the service themselves look at. */
const FIXED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["Bucket", "sample-bucket"],
  ["RequestRoute", "route"],
  ["accountId", "123456789012"],
  ["AccountId", "123456789012"],
  ["SSECustomerKey", KEY.toString("base64")],
  ["SSECustomerKeyMD5", KEY_MD5],
  ["CopySourceSSECustomerKey", KEY.toString("base64")],
  ["CopySourceSSECustomerKeyMD5", KEY_MD5],
  ["ContentLength", 0],
  ["PartNumberMarker", "7"],
  ["NextPartNumberMarker", "8"],
]);
