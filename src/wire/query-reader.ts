import { AwsError, asBuffer, LIMITS } from "../base/index.js";
import type { Reader } from "./decoding.js";
import type { ListShape, MapShape, Member, SimpleShape, Traits } from "./model.js";
import { textReader } from "./text-reader.js";

/** The parameters of a form, cut at their dots: `Tags.member.1.Key` is four nodes deep. */
export interface QueryNode {
  text?: string;
  readonly parts: Map<string, QueryNode>;
}

const MALFORMED = "The query string contains a syntax error.";
export const malformedQuery = (): AwsError => new AwsError("MalformedQueryString", MALFORMED, { status: 400 });

/** Name and value pairs in their order. A form's `+` is a space; percent signs are decoded exactly once. */
export function parseForm(text: string): [name: string, value: string][] {
  if (text === "") return [];
  const pairs = text.split("&", LIMITS.queryMembers + 1);
  if (pairs.length > LIMITS.queryMembers) throw malformedQuery();
  return pairs.filter((pair) => pair !== "").map(parsePair);
}

function parsePair(pair: string): [name: string, value: string] {
  const mark = pair.indexOf("=");
  const name = mark < 0 ? pair : pair.slice(0, mark);
  return [decodeFormText(name), mark < 0 ? "" : decodeFormText(pair.slice(mark + 1))];
}

function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.split("+").join(" "));
  } catch {
    throw malformedQuery(); // a broken percent sign, or bytes that are not UTF-8
  }
}

/** A body's parameters, after those of the URL. The first of two with one name counts. */
export function parseQuery(query: string, body: Uint8Array | undefined): QueryNode {
  const root: QueryNode = { parts: new Map() };
  const form = body === undefined ? "" : asBuffer(body).toString("latin1");
  for (const [name, value] of [...parseForm(query), ...parseForm(form)]) place(root, name, value);
  return root;
}

function place(root: QueryNode, name: string, value: string): void {
  const steps = name.split(".", LIMITS.jsonDepth * 2 + 1);
  if (steps.length > LIMITS.jsonDepth * 2) throw malformedQuery();
  let node = root;
  for (const step of steps) {
    const next = node.parts.get(step) ?? { parts: new Map() };
    node.parts.set(step, next);
    node = next;
  }
  node.text ??= value;
}

/** A parameter that cannot be read as its type. The two dialects call it differently. */
const malformedInput = (ec2: boolean, text: string, wanted: string): AwsError =>
  ec2
    ? new AwsError("InvalidParameterValue", `Invalid value '${text.slice(0, 256)}'. It must be ${wanted}.`)
    : new AwsError("MalformedInput", `'${text.slice(0, 256)}' can not be converted to ${wanted}`);

export function queryReader(ec2: boolean): Reader {
  const refuse = (text: string, wanted: string): never => {
    throw malformedInput(ec2, text, wanted);
  };
  const nodeOf = (raw: unknown) => raw as QueryNode; // every raw value of this format is a node
  return {
    structure: nodeOf,
    member: (member) => {
      const name = parameterName(member, ec2);
      return (node) => nodeOf(node).parts.get(name);
    },
    items: (list, traits) => {
      const isFlat = ec2 || traits.xmlFlattened === 1;
      return (raw) => numbered(isFlat ? nodeOf(raw) : innerList(nodeOf(raw), list)).map(([, node]) => node);
    },
    entries: (map, traits) => (raw) => entriesOf(map, traits, nodeOf(raw)),
    simple: (shape: SimpleShape) => {
      const read = textReader(shape, refuse);
      return (raw) => read(nodeOf(raw).text ?? refuse("", "a single value"));
    },
    ambiguous: malformedQuery,
    tooMany: malformedQuery,
  };
}

/** EC2 has names of its own, else the XML name with a capital first letter. */
function parameterName([name, , traits]: Member, ec2: boolean): string {
  const plain = traits?.xmlName ?? name;
  return ec2 ? (traits?.ec2QueryName ?? plain.charAt(0).toUpperCase() + plain.slice(1)) : plain;
}

/** Without flattening, the items stand below the item's name; `member` is what the protocol says by default. */
function innerList(node: QueryNode, list: ListShape): QueryNode {
  return node.parts.get(list.item[1]?.xmlName ?? "member") ?? node.parts.get("member") ?? { parts: new Map() };
}

function numbered(node: QueryNode): [position: number, node: QueryNode][] {
  return Array.from(node.parts)
    .filter(([step]) => /^\d{1,9}$/.test(step))
    .map(([step, part]): [number, QueryNode] => [Number(step), part])
    .sort(([a], [b]) => a - b);
}

function entriesOf({ key, value }: MapShape, traits: Traits, node: QueryNode): [string, unknown][] {
  const list = traits.xmlFlattened === 1 ? node : (node.parts.get("entry") ?? { parts: new Map() });
  return numbered(list).map(([, entry]) => {
    const name = entry.parts.get(key[1]?.xmlName ?? "key")?.text;
    if (name === undefined) throw malformedQuery();
    return [name, entry.parts.get(value[1]?.xmlName ?? "value")];
  });
}
