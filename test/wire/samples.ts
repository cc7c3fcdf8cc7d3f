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
    return Object.fromEntries(members.flatMap((member, i) => this.#member(shape.name, member, depth, i)));
  }

  #member(structure: string, [name, ref, traits]: Member, depth: number, i: number): [string, unknown][] {
    const value = this.#value([ref, traits], name, depth + 1, i);
    return value === undefined ? [] : [[name, FIXED.get(`${structure}.${name}`) ?? FIXED.get(name) ?? value]];
  }

  #value([ref, traits = {}]: Bound, name: string, depth: number, i: number): unknown {
    const shape = this.#model.shape(ref);
    if (depth > 6 && !["string", "number", "boolean"].includes(shape.type)) return undefined;
    switch (shape.type) {
      case "structure":
      case "union":
        return this.structure(ref, depth);
      case "list": {
        const items = [this.#value(shape.item, name, depth + 1, i), this.#value(shape.item, name, depth + 1, i + 1)];
        return items.includes(undefined) ? undefined : items;
      }
      case "map": {
        const value = this.#value(shape.value, name, depth + 1, i);
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

const text = (name: string, traits: Traits): string => (isPlain(traits) ? `v-${name}` : `v ${name}<&>"'+%20/é😀`);

/** Members whose value the clients or the service themselves look at. */
const FIXED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["Bucket", "sample-bucket"],
  ["RequestRoute", "route"],
  ["accountId", "123456789012"],
]);
