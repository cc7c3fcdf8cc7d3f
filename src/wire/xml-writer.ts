import { asBuffer } from "../base/index.js";
import type { ByteText } from "./byte-text.js";
import type { Bound, ListShape, MapShape, Member, Model, Shape, ShapeRef, Traits } from "./model.js";
import { remembered } from "./remember.js";
import { formatTimestamp } from "./timestamps.js";

/** Writes the elements of a member: none, one, or as many as a flattened list has. */
type WriteMember = (value: unknown) => string;
type WriteContent = (value: unknown) => string;

/** What a whole document needs of its structure. */
export interface RootWriter {
  /** ` name="value"` for each attribute. */
  attributes(value: unknown): string;
  /** The content, which may be long. */
  writeContent(value: unknown, to: ByteText): void;
}

export interface StructureWriter extends RootWriter {
  content(value: unknown): string;
  /** `content` for the items of one list: what an item has in common with the one before it is written once. */
  contents(): WriteContent;
}

interface Element {
  readonly name: string;
  readonly write: WriteMember;
  /** The same item by item, where the items stand in no element of their own. */
  readonly writeItems: ((value: unknown, add: (text: string) => void) => void) | undefined;
  /** Items of a list often have the very same value here: a class, an owner. */
  readonly isShared: boolean;
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
      .map(([name, target, traits]) => ({
        name,
        write: this.#member(traits?.xmlName ?? name, [target, traits]),
        writeItems: this.#memberItems(traits?.xmlName ?? name, [target, traits]),
        isShared: isShared(this.#model.shape(target)),
      }));
    return {
      attributes:
        attributes.length === 0
          ? () => ""
          : (value) => attributes.map((member) => attributeText(member, partOf(value, member[0]))).join(""),
      content: (value) => {
        let text = "";
        for (const { name, write } of elements) {
          const part = partOf(value, name);
          if (part !== undefined && part !== null) text += write(part);
        }
        return text;
      },
      writeContent: (value, to) => {
        for (const { name, write, writeItems } of elements) {
          const part = partOf(value, name);
          if (part === undefined || part === null) continue;
          if (writeItems === undefined) to.add(write(part));
          else writeItems(part, (item) => to.add(item));
        }
      },
      contents: () => contentsWriter(elements),
    };
  }

  #member(name: string, bound: Bound): WriteMember {
    const [ref, traits] = bound;
    const shape = this.#model.shape(ref);
    if (traits?.xmlFlattened && shape.type === "list") return this.#items(name, shape);
    if (traits?.xmlFlattened && shape.type === "map") return this.#entries(name, shape);
    return this.element(name, bound);
  }

  #memberItems(name: string, [ref, traits]: Bound): Element["writeItems"] {
    const shape = this.#model.shape(ref);
    return traits?.xmlFlattened && shape.type === "list" ? this.#eachItem(name, shape) : undefined;
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

  #items(name: string, shape: ListShape): WriteContent {
    const each = this.#eachItem(name, shape);
    return (value) => {
      let text = "";
      each(value, (item) => {
        text += item;
      });
      return text;
    };
  }

  #eachItem(name: string, { item }: ListShape): (value: unknown, add: (text: string) => void) => void {
    const write = this.element(name, item);
    const [ref, traits] = item;
    const shape = this.#model.shape(ref);
    const isPlain = shape.type === "structure" && !shape.members.some(([, , { xmlAttribute } = {}]) => xmlAttribute);
    const [start, end] = [`<${name}${namespaceText(traits)}>`, `</${name}>`];
    return (value, add) => {
      const list = value as readonly unknown[]; // a list's value
      if (!isPlain || list.length === 1) {
        for (const part of list) if (part !== null && part !== undefined) add(write(part));
        return;
      }
      const content = this.#late(ref).contents();
      for (const part of list) if (part !== null && part !== undefined) add(start + content(part) + end);
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

const isShared = (shape: Shape): boolean =>
  shape.type === "structure" || shape.type === "list" || (shape.type === "string" && shape.enum !== undefined);

/** Texts are kept for this list alone: what a value holds may be another thing when the next is written. */
function contentsWriter(elements: readonly Element[]): WriteContent {
  const last: { part: unknown; text: string }[] = elements.map(() => ({ part: undefined, text: "" }));
  return (value) => {
    let text = "";
    for (let at = 0; at < elements.length; at++) {
      const { name, write, isShared } = elements[at] as Element; // within its length
      const part = partOf(value, name);
      if (part === undefined || part === null) continue;
      if (!isShared) {
        text += write(part);
        continue;
      }
      const before = last[at] as { part: unknown; text: string }; // one an element
      if (before.part !== part) {
        before.part = part;
        before.text = write(part);
      }
      text += before.text;
    }
    return text;
  };
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
