import { isUtf8 } from "node:buffer";
import { asBuffer, LIMITS } from "../../base/index.js";

/** An element with all that its canonical form needs: prefixes, white space and namespace declarations as they were. */
export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  /** The namespace; empty for none. */
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  /** Namespaces that this element declares, by prefix; empty for the default one. */
  readonly declared: ReadonlyMap<string, string>;
  readonly parent: XmlElement | undefined;
  readonly children: readonly (XmlElement | string)[];
}

export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

/** Why a document is refused. Never a word of the document itself. */
export class RefusedXml extends Error {
  override readonly name = "RefusedXml";
}

export interface XmlBounds {
  readonly bytes: number;
  readonly elements: number;
  /** Comments may stand between elements; they are dropped. Refused without this: they have cut names in two elsewhere. */
  readonly comments?: boolean;
}

type Growing = XmlElement & { readonly children: (XmlElement | string)[] };
type Raw = { readonly prefix: string; readonly local: string; readonly value: string };

const XML_URI = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI = "http://www.w3.org/2000/xmlns/";

/** Names of SAML and of XML signatures are ASCII: nothing else is one here. */
const NAME = "[A-Za-z_][A-Za-z0-9_.-]{0,127}";
const QNAME = `(?:(${NAME}):)?(${NAME})(?![A-Za-z0-9_.:-])`;
const OPEN = new RegExp(`<${QNAME}`, "y");
const ATTRIBUTE = new RegExp(`[ \\t\\n]+${QNAME}[ \\t\\n]*=[ \\t\\n]*(?:"([^"<]*)"|'([^'<]*)')`, "y");
const OPEN_END = /[ \t\n]*(\/?)>/y;
const CLOSE = new RegExp(`</${QNAME}[ \\t\\n]*>`, "y");
const DECLARATION =
  /^<\?xml[ \t\n]+version=(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding=(?:"utf-8"|'utf-8'))?(?:[ \t\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/i;
/** What is no character of XML, and U+FEFF, which hides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be refused.
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufeff\ufffe\uffff]/;

/**
 * A small part of XML, read in one pass: elements, attributes, text, the five entities and numbers of characters.
 * A document type, an instruction, a CDATA section, a comment, an undeclared prefix or a name twice ends it.
 */
export function readXml(bytes: Uint8Array, bounds: XmlBounds): XmlElement {
  if (bytes.length > bounds.bytes) throw new RefusedXml("it is too long");
  if (!isUtf8(bytes)) throw new RefusedXml("it is not UTF-8");
  const text = asBuffer(bytes).toString("utf8").replace(/\r\n?/g, "\n");
  if (NO_CHARACTER.test(text)) throw new RefusedXml("it has a character that XML has not");
  return new XmlReading(text, bounds).document();
}

class XmlReading {
  readonly #text: string;
  readonly #bounds: XmlBounds;
  #at: number;
  #elements = 0;
  #depth = 0;
  #open: Growing | undefined;
  #root: XmlElement | undefined;

  constructor(text: string, bounds: XmlBounds) {
    this.#text = text;
    this.#bounds = bounds;
    this.#at = DECLARATION.exec(text)?.[0].length ?? 0;
  }

  document(): XmlElement {
    const text = this.#text;
    while (this.#at < text.length) {
      const next = text.indexOf("<", this.#at);
      this.#characters(text.slice(this.#at, next < 0 ? text.length : next));
      if (next < 0) break;
      this.#at = next;
      const kind = text[next + 1];
      if (kind === "/") this.#close();
      else if (kind === "!") this.#comment();
      else if (kind === "?") throw new RefusedXml("it has a processing instruction");
      else this.#element();
    }
    if (this.#root === undefined || this.#open !== undefined) throw new RefusedXml("it is not well-formed");
    return this.#root;
  }

  #characters(raw: string): void {
    if (raw === "") return;
    if (this.#open !== undefined) this.#open.children.push(unescaped(raw));
    else if (!/^[ \t\n]*$/.test(raw)) throw new RefusedXml("it is not well-formed");
  }

  #comment(): void {
    const text = this.#text;
    if (!text.startsWith("<!--", this.#at))
      throw new RefusedXml("it has a document type, a CDATA section or another declaration");
    if (this.#bounds.comments !== true) throw new RefusedXml("it has a comment");
    const end = text.indexOf("--", this.#at + 4);
    if (end < 0 || text[end + 2] !== ">") throw new RefusedXml("it is not well-formed");
    this.#at = end + 3;
  }

  #close(): void {
    const [, prefix = "", local] = this.#match(CLOSE);
    const open = this.#open;
    if (open === undefined || open.prefix !== prefix || open.local !== local)
      throw new RefusedXml("it is not well-formed");
    this.#open = open.parent as Growing | undefined; // every parent is made below
    this.#depth -= 1;
  }

  #element(): void {
    const [, prefix = "", local = ""] = this.#match(OPEN);
    const [declared, attributes] = this.#attributes();
    const isEmpty = this.#match(OPEN_END)[1] === "/";
    if (this.#open === undefined && this.#root !== undefined) throw new RefusedXml("it is not well-formed");
    this.#elements += 1;
    if (this.#elements > this.#bounds.elements || this.#depth + 1 > LIMITS.signedXmlDepth)
      throw new RefusedXml("it has too many elements, or too deep ones");
    const element = elementOf(this.#open, { prefix, local, value: "" }, declared, attributes);
    this.#open?.children.push(element);
    this.#root ??= element;
    if (isEmpty) return;
    this.#open = element;
    this.#depth += 1;
  }

  /** Declarations of namespaces apart from the rest. */
  #attributes(): readonly [ReadonlyMap<string, string>, readonly Raw[]] {
    const declared = new Map<string, string>();
    const attributes: Raw[] = [];
    for (let found = this.#tryMatch(ATTRIBUTE); found !== null; found = this.#tryMatch(ATTRIBUTE)) {
      const [, prefix = "", local = "", double, single] = found;
      // White space of other kinds becomes spaces before the numbers of characters are read (XML 1.0, 3.3.3).
      const value = unescaped((double ?? single ?? "").replace(/[\t\n]/g, " "));
      if (prefix === "xmlns") declare(declared, local, value);
      else if (prefix === "" && local === "xmlns") declare(declared, "", value);
      else attributes.push({ prefix, local, value });
      if (declared.size + attributes.length > LIMITS.signedXmlAttributes)
        throw new RefusedXml("it has too many attributes");
    }
    return [declared, attributes];
  }

  #match(pattern: RegExp): RegExpExecArray {
    const found = this.#tryMatch(pattern);
    if (found === null) throw new RefusedXml("it is not well-formed");
    return found;
  }

  #tryMatch(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}

function declare(declared: Map<string, string>, prefix: string, uri: string): void {
  const isReserved = prefix === "xml" || prefix === "xmlns" || uri === XML_URI || uri === XMLNS_URI;
  if (isReserved || declared.has(prefix) || (prefix !== "" && uri === ""))
    throw new RefusedXml("it declares a namespace that may not be declared so");
  declared.set(prefix, uri);
}

function elementOf(
  parent: XmlElement | undefined,
  { prefix, local }: Raw,
  declared: ReadonlyMap<string, string>,
  raw: readonly Raw[],
): Growing {
  const scope = { declared, parent };
  const attributes = raw.map((each) => ({ ...each, uri: each.prefix === "" ? "" : namespaceOf(scope, each.prefix) }));
  if (new Set(attributes.map(({ uri, local: name }) => `${uri} ${name}`)).size < attributes.length)
    throw new RefusedXml("it has an attribute twice");
  return { prefix, local, uri: namespaceOf(scope, prefix), attributes, declared, parent, children: [] };
}

function namespaceOf(scope: Pick<XmlElement, "declared" | "parent">, prefix: string): string {
  const uri = namespaceInScope(scope, prefix);
  if (uri === undefined && prefix !== "") throw new RefusedXml("it has a prefix that nothing declares");
  return uri ?? "";
}

export function namespaceInScope(scope: Pick<XmlElement, "declared" | "parent">, prefix: string): string | undefined {
  if (prefix === "xml") return XML_URI;
  let at: Pick<XmlElement, "declared" | "parent"> | undefined = scope;
  for (; at !== undefined; at = at.parent) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri;
  }
  return undefined;
}

const NAMED = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** There are no other entities, so nothing can expand. */
function unescaped(text: string): string {
  if (text.includes("]]>")) throw new RefusedXml("it is not well-formed");
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]{0,10})(;?)/g, (_, name: string, end: string) => {
    const character = end === ";" ? (NAMED.get(name) ?? numbered(name)) : undefined;
    if (character === undefined || NO_CHARACTER.test(character))
      throw new RefusedXml("it has an entity that XML itself has not");
    return character;
  });
}

function numbered(name: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
  const digits = hexadecimal ?? decimal;
  if (digits === undefined) return undefined;
  const code = Number.parseInt(digits, hexadecimal === undefined ? 10 : 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}
