import { utf8 } from "../../base/index.js";
import { namespaceInScope, type XmlAttribute, type XmlElement } from "./xml.js";

export interface CanonicalOptions {
  /** Left out with all below it: the signature inside what it signs. */
  readonly without?: XmlElement | undefined;
  /** Prefixes that are written wherever they are in scope (InclusiveNamespaces); empty for the default namespace. */
  readonly inclusive?: readonly string[];
}

type Rendered = ReadonlyMap<string, string>;

/** Exclusive XML Canonicalization 1.0 of one element, without comments, which our reader does not let in. */
export function canonicalXml(element: XmlElement, { without, inclusive = [] }: CanonicalOptions = {}): Buffer {
  const pieces: string[] = [];
  write(element, new Map());
  return utf8(pieces.join(""));

  function write(at: XmlElement, rendered: Rendered): void {
    const namespaces = namespacesToWrite(at, rendered, inclusive);
    const name = qualified(at);
    pieces.push("<", name);
    for (const [prefix, uri] of namespaces)
      pieces.push(prefix === "" ? " xmlns" : ` xmlns:${prefix}`, '="', escapedAttribute(uri), '"');
    for (const attribute of [...at.attributes].sort(byNamespace))
      pieces.push(" ", qualified(attribute), '="', escapedAttribute(attribute.value), '"');
    pieces.push(">");
    const below = namespaces.length === 0 ? rendered : new Map([...rendered, ...namespaces]);
    for (const child of at.children) {
      if (typeof child === "string") pieces.push(escapedText(child));
      else if (child !== without) write(child, below);
    }
    pieces.push("</", name, ">");
  }
}

/** What the element's names use, and what is asked for, unless an element above has written it so already. */
function namespacesToWrite(at: XmlElement, rendered: Rendered, inclusive: readonly string[]): [string, string][] {
  const used = [at.prefix, ...at.attributes.map(({ prefix }) => prefix).filter((prefix) => prefix !== "")];
  const found: [string, string][] = [];
  for (const prefix of new Set([...used, ...inclusive])) {
    const uri = namespaceInScope(at, prefix) ?? (prefix === "" ? "" : undefined);
    const above = rendered.get(prefix) ?? (prefix === "" ? "" : undefined);
    if (prefix !== "xml" && uri !== undefined && uri !== above) found.push([prefix, uri]);
  }
  return found.sort(([a], [b]) => compare(a, b));
}

const qualified = ({ prefix, local }: Pick<XmlElement, "prefix" | "local">) =>
  prefix === "" ? local : `${prefix}:${local}`;

const byNamespace = (a: XmlAttribute, b: XmlAttribute) => compare(a.uri, b.uri) || compare(a.local, b.local);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#x9;"],
  ["\n", "&#xA;"],
  ["\r", "&#xD;"],
]);
const escaped = (character: string) => ESCAPES.get(character) ?? character;

const escapedText = (text: string) => text.replace(/[&<>\r]/g, escaped);
const escapedAttribute = (text: string) => text.replace(/[&<"\t\n\r]/g, escaped);
