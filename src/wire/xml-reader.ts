import { isUtf8 } from "node:buffer";
import { AwsError, asBuffer, LIMITS } from "../base/index.js";
import type { Reader } from "./decoding.js";
import type { ListShape, MapShape, Member, SimpleShape, Traits } from "./model.js";
import { textReader } from "./text-reader.js";
import { xmlLibrary } from "./xml-library.js";

export const malformedXml = (): AwsError =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400 },
  );

/** The parser's form of an element is its text, or an object of children, `@attributes`, `#text` and `#cdata`. */
const ATTRIBUTE = "@";
const TEXT = "#text";
const CDATA = "#cdata";

const OPTIONS = {
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: LIMITS.xmlDepth,
};

let made: InstanceType<ReturnType<typeof xmlLibrary>["XMLParser"]> | undefined;

function parser() {
  made ??= new (xmlLibrary().XMLParser)(OPTIONS);
  return made;
}

/** The root element's name and content. Bytes, depth and declarations are looked at before the parser sees them. */
export function parseXmlBody(body: Uint8Array): { readonly name: string; readonly node: unknown } {
  if (!isUtf8(body)) throw malformedXml();
  const text = asBuffer(body)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  if (/<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text) || isTooMuch(text)) throw malformedXml();
  const [root, ...others] = Object.entries(parseText(text)).filter(([name]) => name !== TEXT);
  if (root === undefined || others.length > 0 || Array.isArray(root[1])) throw malformedXml();
  return { name: root[0], node: root[1] };
}

function parseText(text: string): Record<string, unknown> {
  try {
    if (xmlLibrary().XMLValidator.validate(text) !== true) throw malformedXml();
    return parser().parse(text) as Record<string, unknown>; // the parser gives an object for any document
  } catch {
    throw malformedXml(); // what the parser says quotes the body
  }
}

/** What opens a part that is passed over whole, tags inside it and all, and what closes it. */
const WHOLE = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** One walk from tag to tag. Whatever is cut off is found to be malformed later: here it only must not count too little. */
function isTooMuch(text: string): boolean {
  let depth = 0;
  let tags = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const whole = WHOLE.find(([open]) => text.startsWith(open, at));
    const end = text.indexOf(whole?.[1] ?? ">", at + (whole?.[0].length ?? 1));
    if (end < 0) return true;
    if (++tags > LIMITS.xmlTags || (whole === undefined && end - at > LIMITS.xmlTagBytes)) return true;
    if (whole === undefined && text[end - 1] !== "/") depth += text[at + 1] === "/" ? -1 : 1;
    if (depth > LIMITS.xmlDepth) return true;
    at = end + 1;
  }
  return false;
}

export const xmlReader: Reader = {
  structure: (raw) => (typeof raw === "string" ? {} : raw),
  member: (member) => {
    const name = elementName(member);
    const isMany = member[2]?.xmlFlattened === 1;
    return (node) => {
      const found = (node as Record<string, unknown>)[name]; // `structure` gives objects only
      // An element that may stand once stands twice: which one is meant is a guess that we do not make.
      if (Array.isArray(found) && !isMany) throw malformedXml();
      return found;
    };
  },
  items: (list, traits) => (raw) => asList(traits.xmlFlattened === 1 ? raw : childOf(raw, itemName(list))),
  entries: (map, traits) => (raw) => entriesOf(map, traits, raw),
  simple: (shape: SimpleShape) => {
    const read = textReader(shape, () => {
      throw malformedXml();
    });
    return (raw) => read(textOf(raw));
  },
  ambiguous: malformedXml,
  tooMany: malformedXml,
};

function elementName([name, , traits]: Member): string {
  const local = (traits?.xmlName ?? name).replace(/^.*:/, "");
  return traits?.xmlAttribute === 1 ? ATTRIBUTE + local : local;
}

const itemName = (list: ListShape): string => list.item[1]?.xmlName ?? "member";

function childOf(raw: unknown, name: string): unknown {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>)[name] : undefined; // an element
}

function asList(raw: unknown): readonly unknown[] {
  if (raw === undefined) return [];
  return Array.isArray(raw) ? raw : [raw];
}

function entriesOf({ key, value }: MapShape, traits: Traits, raw: unknown): [string, unknown][] {
  const entries = asList(traits.xmlFlattened === 1 ? raw : childOf(raw, "entry"));
  return entries.map((entry) => {
    const name = childOf(entry, key[1]?.xmlName ?? "key");
    return [textOf(name), childOf(entry, value[1]?.xmlName ?? "value")];
  });
}

function textOf(raw: unknown): string {
  if (typeof raw === "string") return unescapeXml(raw);
  if (raw === undefined) return "";
  const node = raw as { readonly [name: string]: unknown }; // elements are text or objects
  const text = node[TEXT] ?? "";
  const verbatim = node[CDATA] ?? "";
  const hasChildren = Object.keys(node).some((name) => name !== TEXT && name !== CDATA && !name.startsWith(ATTRIBUTE));
  if (hasChildren || typeof text !== "string" || typeof verbatim !== "string") throw malformedXml();
  // The parser forgets in which order text and CDATA stood, so only one of them may say something.
  if (verbatim !== "" && text.trim() !== "") throw malformedXml();
  return verbatim === "" ? unescapeXml(text) : verbatim;
}

const NAMED = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** The five entities of XML itself and character numbers; there are no others, so nothing can expand. */
export function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&\s]{0,12})(;?)/g, (_, name: string, end: string) => {
    const character = end === ";" ? (NAMED.get(name) ?? characterOf(name)) : undefined;
    if (character === undefined) throw malformedXml();
    return character;
  });
}

function characterOf(name: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}
