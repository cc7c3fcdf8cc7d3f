import { asBuffer, jsonString } from "../base/index.js";
import { setOwn } from "./decoding.js";
import type { Bound, Member, Model, ShapeRef, TimestampFormat } from "./model.js";
import { remembered } from "./remember.js";
import { formatTimestamp } from "./timestamps.js";

/** Turns a value of a shape into what JSON.stringify writes. Undefined and null members are left out. */
export type ToJson = (value: unknown) => unknown;

/** Writes a value of a shape as the text that JSON.stringify would make of it. */
export type ToText = (value: unknown) => string;

/** Typed by the operation that made it. */
type Given = Readonly<Record<string, unknown>>;

/** Compiles one writer per shape, once. */
export class JsonWriter {
  readonly #model: Model;
  readonly #useJsonName: boolean;
  readonly #known = new Map<ShapeRef, ToJson>();

  constructor(model: Model, useJsonName: boolean) {
    this.#model = model;
    this.#useJsonName = useJsonName;
  }

  /** The whole text of a structure. Its texts and blobs, the most of all answers, are written without a tree of values. */
  text(ref: ShapeRef): ToText {
    const rows = this.#model.structure(ref).members.map(([name, target, traits]) => ({
      name,
      label: `${JSON.stringify(this.#useJsonName ? (traits?.jsonName ?? name) : name)}:`,
      write: this.#textOf([target, traits]),
    }));
    return (value) => {
      const given = value as Given;
      let text = "{";
      for (const { name, label, write } of rows) {
        const part = given[name];
        if (part !== undefined && part !== null) text += (text === "{" ? label : `,${label}`) + write(part);
      }
      return `${text}}`;
    };
  }

  #textOf(bound: Bound): ToText {
    const write = this.bound(bound);
    switch (this.#model.shape(bound[0]).type) {
      case "blob":
        return (value) => `"${write(value)}"`; // base64
      case "string":
        return (value) => (typeof value === "string" ? jsonString(value) : JSON.stringify(value));
      default:
        return (value) => JSON.stringify(write(value));
    }
  }

  structure(ref: ShapeRef, takes?: (member: Member) => boolean): ToJson {
    const rows = this.#model
      .structure(ref)
      .members.filter((member) => takes === undefined || takes(member))
      .map(([name, target, traits]) => ({
        name,
        key: this.#useJsonName ? (traits?.jsonName ?? name) : name,
        write: this.bound([target, traits]),
      }));
    return (value) => {
      const given = value as Given;
      const json: Record<string, unknown> = {};
      for (const { name, key, write } of rows) {
        const part = given[name];
        if (part !== undefined && part !== null) json[key] = write(part);
      }
      return json;
    };
  }

  bound([ref]: Bound): ToJson {
    const shape = this.#model.shape(ref);
    switch (shape.type) {
      case "structure":
      case "union":
        return this.#late(ref);
      case "list": {
        const write = this.bound(shape.item);
        return (value) => (value as readonly unknown[]).map((item) => (item === null ? null : write(item))); // a list's value
      }
      case "map":
        return mapWriter(this.bound(shape.value));
      case "blob":
        return (value) => asBuffer(value as Uint8Array).toString("base64"); // a blob's value
      case "timestamp":
        return timestampWriter(shape.format);
      case "number":
        return (value) => (Number.isFinite(value) ? value : String(value));
      case "bigInteger":
      case "bigDecimal":
        return Number;
      default:
        return (value) => value;
    }
  }

  #late(ref: ShapeRef): ToJson {
    return (value) => remembered(this.#known, ref, () => this.structure(ref))(value);
  }
}

function mapWriter(write: ToJson): ToJson {
  return (value) => {
    const json: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(value as object)) // a map's value
      if (part !== undefined && part !== null) setOwn(json, key, write(part));
    return json;
  };
}

/** JSON's own form is a number of seconds; a format of the model's makes it text. */
function timestampWriter(format: TimestampFormat | undefined): ToJson {
  if (format === undefined || format === "epochSeconds") return (value) => (value as Date).getTime() / 1000; // a timestamp's value
  return (value) => formatTimestamp(value as Date, format); // a timestamp's value
}
