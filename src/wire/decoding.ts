import { AwsError, isAwsError, LIMITS } from "../base/index.js";
import { type Check, type Constraint, compileCheck, type Fault, itemEnumCheck, show } from "./constraints.js";
import type {
  Bound,
  ListShape,
  MapShape,
  Member,
  Model,
  ShapeRef,
  SimpleShape,
  StructureShape,
  Traits,
} from "./model.js";
import { remembered } from "./remember.js";

/** What one decoding has met so far. Paths are kept as a stack, so that a good input never builds one. */
export class Decoding {
  readonly faults: Fault[] = [];
  readonly path: (string | number)[] = [];
}

/** Takes the raw value of a format and gives the value of the shape; reports faults, throws on wrong types. */
export type Decode = (raw: unknown, decoding: Decoding) => unknown;

/** How one data format (JSON, XML, query, text) shows structures, lists, maps and simple values. */
export interface Reader {
  /** The format's node for a structure, or throws. */
  structure(raw: unknown): unknown;
  /** The raw value of a member in such a node; undefined or null when absent. */
  member(member: Member): (node: unknown) => unknown;
  items(list: ListShape, traits: Traits): (raw: unknown) => readonly unknown[];
  entries(map: MapShape, traits: Traits): (raw: unknown) => readonly (readonly [key: string, raw: unknown])[];
  simple(shape: SimpleShape, traits: Traits): (raw: unknown) => unknown;
  /** Thrown where a union has two members at once. */
  ambiguous(): Error;
  /** Thrown where there are more items than `LIMITS.listItems`. */
  tooMany(): Error;
}

/** What a service demands beyond its model; see `extra/`. */
export interface Demands {
  constraintOf(structure: string, member: string): Constraint | undefined;
}

/** Compiles one decoder per shape, once. A compiler belongs to one model and one format. */
export class DecodeCompiler {
  readonly #model: Model;
  readonly #reader: Reader;
  readonly #demands: Demands;
  readonly #known = new Map<ShapeRef, Decode>();

  constructor(model: Model, reader: Reader, demands: Demands) {
    this.#model = model;
    this.#reader = reader;
    this.#demands = demands;
  }

  /** The decoder of a structure, or of those of its members that `takes` chooses. */
  structure(ref: ShapeRef, takes?: (member: Member) => boolean): Decode {
    const shape = this.#model.structure(ref);
    const rows = shape.members
      .map((member, i) => ({ member, required: i < (shape.required ?? 0) }))
      .filter(({ member }) => takes === undefined || takes(member))
      .map(({ member, required }) => this.#memberRow(shape, member, required));
    const reader = this.#reader;
    return (raw, decoding) => {
      const node = reader.structure(raw);
      const value: Record<string, unknown> = {};
      for (const row of rows) decodeMember(row, row.read(node), value, decoding);
      if (shape.type === "union" && Object.keys(value).length > 1) throw reader.ambiguous();
      return value;
    };
  }

  /** A member on its own, for what is bound to a header, the query or the whole body. */
  member(structure: StructureShape, member: Member): MemberRow {
    const required = structure.members.indexOf(member) < (structure.required ?? 0);
    return this.#memberRow(structure, member, required);
  }

  #memberRow(structure: StructureShape, member: Member, required: boolean): MemberRow {
    const [name, ref, traits] = member;
    const words = this.#demands.constraintOf(structure.name, name)?.inWords;
    const decode = this.#bound([ref, traits]);
    return {
      name,
      label: name.charAt(0).toLowerCase() + name.slice(1),
      required,
      read: this.#reader.member(member),
      decode: words?.malformed === undefined ? decode : inWords(decode, words.malformed),
      missing: words?.missing,
      check: this.#check(structure, member),
      sensitive: traits?.sensitive === 1,
    };
  }

  #check(structure: StructureShape, [name, ref]: Member): Check | undefined {
    const shape = this.#model.shape(ref);
    const constraint = this.#demands.constraintOf(structure.name, name);
    const check = compileCheck(constraint, this.#enumOf(shape.type === "string" ? shape.enum : undefined));
    const values = shape.type === "list" ? this.#itemEnum(shape) : undefined;
    if (values === undefined || constraint?.each?.anyValue) return check;
    const items = itemEnumCheck(values);
    return check === undefined ? items : (value) => [...check(value), ...items(value)];
  }

  #itemEnum(list: ListShape): readonly string[] | undefined {
    const item = this.#model.shape(list.item[0]);
    return item.type === "string" ? this.#enumOf(item.enum) : undefined;
  }

  #enumOf(name: string | undefined): readonly string[] | undefined {
    return name === undefined ? undefined : this.#model.enums.get(name);
  }

  /** The decoder of a target with its traits. Structures may hold themselves, so theirs is looked up late. */
  #bound([ref, traits]: Bound): Decode {
    const shape = this.#model.shape(ref);
    switch (shape.type) {
      case "structure":
      case "union":
        return this.#late(ref);
      case "list":
        return this.#list(shape, traits ?? {});
      case "map":
        return this.#map(shape, traits ?? {});
      default: {
        const read = this.#reader.simple(shape, traits ?? {});
        return (raw) => read(raw);
      }
    }
  }

  #late(ref: ShapeRef): Decode {
    return (raw, decoding) => remembered(this.#known, ref, () => this.structure(ref))(raw, decoding);
  }

  #list(shape: ListShape, traits: Traits): Decode {
    const itemsOf = this.#reader.items(shape, traits);
    const decode = this.#bound(shape.item);
    const sparse = shape.item[1]?.sparse === 1;
    return (raw, decoding) => {
      const items = itemsOf(raw);
      if (items.length > LIMITS.listItems) throw this.#reader.tooMany();
      const values: unknown[] = [];
      for (let i = 0; i < items.length; i++) {
        if (items[i] === null && !sparse) continue;
        decoding.path.push(i + 1, "member");
        values.push(items[i] === null ? null : decode(items[i], decoding));
        decoding.path.length -= 2;
      }
      return values;
    };
  }

  #map(shape: MapShape, traits: Traits): Decode {
    const entriesOf = this.#reader.entries(shape, traits);
    const decode = this.#bound(shape.value);
    return (raw, decoding) => {
      const entries = entriesOf(raw);
      if (entries.length > LIMITS.listItems) throw this.#reader.tooMany();
      const values: Record<string, unknown> = {};
      for (const [key, part] of entries) {
        if (part === null || part === undefined) continue;
        decoding.path.push(key, "member");
        setOwn(values, key, decode(part, decoding));
        decoding.path.length -= 2;
      }
      return values;
    };
  }
}

export interface MemberRow {
  readonly name: string;
  /** The name as validation messages spell it. */
  readonly label: string;
  readonly required: boolean;
  readonly read: (node: unknown) => unknown;
  readonly decode: Decode;
  /** What the service says itself where the member is not there. */
  readonly missing: string | undefined;
  readonly check: Check | undefined;
  readonly sensitive: boolean;
}

/** A long list of bad items is not answered with a longer one of complaints. */
const MOST_FAULTS = 100;

/** Decodes one member into `value`, or reports that it is missing. */
export function decodeMember(row: MemberRow, raw: unknown, value: Record<string, unknown>, decoding: Decoding): void {
  if (raw === undefined || raw === null) {
    if (row.missing !== undefined) throw invalidRequest(row.missing);
    if (row.required && decoding.faults.length < MOST_FAULTS) decoding.faults.push(missing(row, decoding));
    return;
  }
  decoding.path.push(row.label);
  const decoded = row.decode(raw, decoding);
  value[row.name] = decoded;
  if (row.check !== undefined && decoding.faults.length < MOST_FAULTS) {
    const texts = row.check(decoded);
    if (texts.length > 0) for (const text of texts) decoding.faults.push(invalid(row, text, decoded, decoding));
  }
  decoding.path.pop();
}

/** The member's value is simple: only its text can be wrong. */
const inWords =
  (decode: Decode, text: string): Decode =>
  (raw, decoding) => {
    try {
      return decode(raw, decoding);
    } catch (thrown) {
      throw isAwsError(thrown) ? invalidRequest(text) : thrown;
    }
  };

const invalidRequest = (text: string) => new AwsError("InvalidRequest", text, { status: 400 });

function missing(row: MemberRow, { path }: Decoding): Fault {
  return {
    kind: "missing",
    path: [...path, row.label].join("."),
    member: row.name,
    shown: "Value null",
    text: "Member must not be null",
    value: undefined,
  };
}

function invalid(row: MemberRow, text: string, value: unknown, { path }: Decoding): Fault {
  return { kind: "invalid", path: path.join("."), member: row.name, shown: show(value, row.sensitive), text, value };
}

/** Assignment of `__proto__` would change the prototype instead of making a key. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}
