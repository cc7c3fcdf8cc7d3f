import { asBuffer } from "../base/index.js";
import type { Bound, ListShape, MapShape, Member, Model, ShapeRef, Traits } from "./model.js";
import { remembered } from "./remember.js";
import { formatTimestamp } from "./timestamps.js";

/** Writes the elements of a member: none, one, or as many as a flattened list has. */
type WriteMember = (value: unknown) => string;
type WriteContent = (value: unknown) => string;

export interface StructureWriter {
  /** ` name="value"` for each attribute. */
  attributes(value: unknown): string;
  content(value: unknown): string;
}

/** Compiles one writer per structure, once. Awkward names (`xmlName`, flattening, attributes) are settled then. */
export class XmlWriter {
  readonly #model: Model;
  readonly #known = new Map<ShapeRef, StructureWriter>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** A structure's children without an element around them. */
  structure(ref: ShapeRef, takes?: (member: Member) => boolean): StructureWriter {
    const members = this.#model.structure(ref).members.filter((member) => takes === undefined || takes(member));
    const attributes = members.filter(([, , traits]) => traits?.xmlAttribute);
    const elements = members
      .filter(([, , traits]) => !traits?.xmlAttribute)
      .map(([name, target, traits]) => ({ name, write: this.#member(traits?.xmlName ?? name, [target, traits]) }));
    return {
      attributes: (value) => attributes.map((member) => attributeText(member, partOf(value, member[0]))).join(""),
      content: (value) => {
        let text = "";
        for (const { name, write } of elements) {
          const part = partOf(value, name);
          if (part !== undefined && part !== null) text += write(part);
        }
        return text;
      },
    };
  }

  #member(name: string, bound: Bound): WriteMember {
    const [ref, traits] = bound;
    const shape = this.#model.shape(ref);
    if (traits?.xmlFlattened && shape.type === "list") return this.#items(name, shape);
    if (traits?.xmlFlattened && shape.type === "map") return this.#entries(name, shape);
    return this.element(name, bound);
  }

  /** One element of that name around the value. */
  element(name: string, [ref, traits]: Bound): WriteMember {
    const shape = this.#model.shape(ref);
    const open = `<${name}${namespaceText(traits)}`;
    const [start, end] = [`${open}>`, `</${name}>`];
    if (shape.type !== "structure" && shape.type !== "union") {
      const content = this.#content([ref, traits]);
      return (value) => start + content(value) + end;
    }
    return (value) => {
      const writer = this.#late(ref);
      return `${open}${writer.attributes(value)}>${writer.content(value)}${end}`;
    };
  }

  #content([ref]: Bound): WriteContent {
    const shape = this.#model.shape(ref);
    switch (shape.type) {
      case "structure":
      case "union":
        return (value) => this.#late(ref).content(value);
      case "list":
        return this.#items(shape.item[1]?.xmlName ?? "member", shape);
      case "map":
        return this.#entries("entry", shape);
      case "blob":
        return (value) => asBuffer(value as Uint8Array).toString("base64"); // a blob's value
      case "timestamp":
        return (value) => formatTimestamp(value as Date, shape.format ?? "dateTime"); // a timestamp's value
      case "number":
      case "boolean":
        return (value) => String(value);
      default:
        return (value) => escapeXml(String(value));
    }
  }

  #items(name: string, { item }: ListShape): WriteContent {
    const write = this.element(name, item);
    return (value) => {
      let text = "";
      for (const part of value as readonly unknown[]) if (part !== null && part !== undefined) text += write(part); // a list's value
      return text;
    };
  }

  #entries(name: string, { key, value }: MapShape): WriteContent {
    const keyName = key[1]?.xmlName ?? "key";
    const write = this.element(value[1]?.xmlName ?? "value", value);
    return (map) => {
      let text = "";
      for (const [entry, part] of Object.entries(map as object)) // a map's value
        if (part !== null && part !== undefined)
          text += `<${name}><${keyName}>${escapeXml(entry)}</${keyName}>${write(part)}</${name}>`;
      return text;
    };
  }

  #late(ref: ShapeRef): StructureWriter {
    return remembered(this.#known, ref, () => this.structure(ref));
  }
}

const partOf = (value: unknown, name: string): unknown => (value as Readonly<Record<string, unknown>>)[name]; // typed by the operation

function attributeText([name, , traits]: Member, value: unknown): string {
  return value === undefined || value === null ? "" : ` ${traits?.xmlName ?? name}="${escapeXml(String(value))}"`;
}

function namespaceText(traits: Traits | undefined): string {
  if (traits?.xmlNamespace === undefined) return "";
  const [prefix, uri] = traits.xmlNamespace;
  return ` xmlns${prefix ? `:${prefix}` : ""}="${escapeXml(uri)}"`;
}

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped.
const ESCAPED = /[&<>"\u0000-\u0008\u000b-\u001f\u0085\u2028\ufffe\uffff]/g;

/** Control characters become numbers, as S3 writes them: a lone return would be read as a new line. */
export function escapeXml(text: string): string {
  // `replace` with a function costs twice as much, and most texts hold nothing to escape.
  ESCAPED.lastIndex = 0;
  if (!ESCAPED.test(text)) return text;
  let written = "";
  for (let from = 0; ; ) {
    const at = ESCAPED.lastIndex - 1;
    const character = text.charAt(at);
    written += text.slice(from, at) + (ESCAPES.get(character) ?? `&#x${character.charCodeAt(0).toString(16)};`);
    from = at + 1;
    if (!ESCAPED.test(text)) return written + text.slice(from);
  }
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
