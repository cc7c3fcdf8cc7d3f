import { isUtf8 } from "node:buffer";
import { AwsError, asBuffer } from "../base/index.js";
import type { Fault } from "./constraints.js";
import { type DecodeCompiler, Decoding, decodeMember, type MemberRow, setOwn } from "./decoding.js";
import type { Member, Model, ShapeRef, SimpleShape, Traits } from "./model.js";
import type { RequestHead, Routed } from "./port.js";
import { parseForm } from "./query-reader.js";
import { textReader } from "./text-reader.js";

/** Everything a binding may read. Parameters and body are parsed once. */
export interface RestRequest {
  readonly head: RequestHead;
  readonly labels: Readonly<Record<string, string>>;
  /** At the places that `HeaderPlaces` gave. */
  readonly headers: readonly (string | undefined)[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
}

/** Fills its members of `value`. */
type Bind = (request: RestRequest, value: Record<string, unknown>, decoding: Decoding) => void;

/** How a REST protocol reads a body of structures. `rootName` is what XML's outermost element is called. */
export interface BodyFormat {
  readonly compiler: DecodeCompiler;
  parse(body: Uint8Array, rootName: string): unknown;
  /** A body was needed and is empty. */
  readonly emptyBody?: () => AwsError;
  readonly badValue: (name: string, value: string, wanted: string) => AwsError;
  /** A number in the URL that was left empty counts as not given. */
  readonly emptyNumbers?: true;
  /** Headers whose value is taken as text where it is none of their type. */
  readonly anyText?: ReadonlySet<string>;
}

/** Where a violation was found, for services that say it differently: S3. */
export interface RestFaults {
  readonly bound: readonly Fault[];
  readonly body: readonly Fault[];
}

export type RestDecode = (routed: Routed, head: RequestHead, body: Uint8Array | undefined) => RestDecoded;

export interface RestDecoded {
  readonly value: Record<string, unknown>;
  readonly faults: RestFaults;
}

export function restDecoder(model: Model, ref: ShapeRef | null, format: BodyFormat): RestDecode {
  const places = new HeaderPlaces();
  const binds = ref === null ? [] : bindsOf(model, ref, format, places);
  const bodyBind = ref === null ? undefined : bodyBindOf(model, ref, format);
  return (routed, head, body) => {
    const headers = places.textsOf(head.headers);
    const request = { head, labels: routed.labels, headers, parameters: parseForm(head.query), body };
    const value: Record<string, unknown> = {};
    const bound = new Decoding();
    for (const bind of binds) bind(request, value, bound);
    const inBody = new Decoding();
    bodyBind?.(request, value, inBody);
    return { value, faults: { bound: bound.faults, body: inBody.faults } };
  };
}

/**
 * Of the forty headers that an operation knows a request has few: these few are looked up, and not the forty in an object
 * that has most of them not.
 */
class HeaderPlaces {
  readonly #places = new Map<string, number>();

  of(name: string): number {
    const place = this.#places.get(name) ?? this.#places.size;
    this.#places.set(name, place);
    return place;
  }

  textsOf(headers: Readonly<Record<string, string>>): readonly (string | undefined)[] {
    const texts = new Array<string | undefined>(this.#places.size).fill(undefined);
    for (const name of Object.keys(headers)) {
      const place = this.#places.get(name);
      if (place !== undefined) texts[place] = headers[name];
    }
    return texts;
  }
}

function bindsOf(model: Model, ref: ShapeRef, format: BodyFormat, places: HeaderPlaces): Bind[] {
  const shape = model.structure(ref);
  const taken = new Set(shape.members.flatMap(([, , traits]) => traits?.httpQuery ?? []));
  const text = textCompiler(model, format);
  return shape.members.flatMap((member): Bind[] => {
    const traits = member[2] ?? {};
    const row = () => text(format.compiler.member(shape, member), member);
    if (traits.httpLabel) return [labelBind(member[0], row())];
    if (traits.httpHeader !== undefined) return [headerBind(places.of(traits.httpHeader.toLowerCase()), row())];
    if (traits.httpPrefixHeaders !== undefined) return [prefixBind(member[0], traits.httpPrefixHeaders.toLowerCase())];
    if (traits.httpQuery !== undefined) {
      const { type } = model.shape(member[1]);
      return [queryBind(traits.httpQuery, row(), type === "list", type === "number" && format.emptyNumbers === true)];
    }
    if (traits.httpQueryParams) return [queryMapBind(model, member, taken)];
    return [];
  });
}

const labelBind =
  (name: string, row: MemberRow): Bind =>
  ({ labels }, value, decoding) =>
    decodeMember(row, labels[name], value, decoding);

const headerBind =
  (place: number, row: MemberRow): Bind =>
  ({ headers }, value, decoding) =>
    decodeMember(row, headers[place], value, decoding);

function prefixBind(member: string, prefix: string): Bind {
  return ({ head }, value) => {
    const found: Record<string, string> = {};
    for (const name of Object.keys(head.headers))
      if (name.startsWith(prefix)) setOwn(found, name.slice(prefix.length), head.headers[name]);
    if (Object.keys(found).length > 0) value[member] = found;
  };
}

function queryBind(name: string, row: MemberRow, isList: boolean, mayBeEmpty: boolean): Bind {
  return ({ parameters }, value, decoding) => {
    if (parameters.length === 0) return decodeMember(row, undefined, value, decoding);
    const found = parameters
      .filter(([key, text]) => key === name && !(mayBeEmpty && text === ""))
      .map(([, text]) => text);
    decodeMember(row, found.length === 0 ? undefined : isList ? found : found[0], value, decoding);
  };
}

function queryMapBind(model: Model, [name, ref]: Member, taken: ReadonlySet<string>): Bind {
  const shape = model.shape(ref);
  const isListed = shape.type === "map" && model.shape(shape.value[0]).type === "list";
  return ({ parameters }, value) => {
    const found: Record<string, string | string[]> = {};
    for (const [key, text] of parameters) {
      if (taken.has(key) || /^x-amz-|^x-id$/i.test(key)) continue;
      const before = Object.hasOwn(found, key) ? found[key] : undefined;
      if (!isListed && before !== undefined) continue;
      setOwn(found, key, isListed ? [...(Array.isArray(before) ? before : []), text] : text);
    }
    if (Object.keys(found).length > 0) value[name] = found;
  };
}

/** Replaces a row's decoder by one that reads text: headers, labels and parameters are no JSON and no XML. */
function textCompiler(model: Model, format: BodyFormat): (row: MemberRow, member: Member) => MemberRow {
  return (row, [name, ref, traits]) => {
    const shape = model.shape(ref);
    const shown = traits?.httpHeader ?? traits?.httpQuery ?? name;
    const read = (simple: SimpleShape) =>
      textReader(simple, (text, wanted) => {
        if (format.anyText?.has(shown)) return text;
        throw format.badValue(shown, text, wanted);
      });
    if (shape.type !== "list") return { ...row, decode: textDecode(read(shape as SimpleShape)) }; // only simple ones are bound
    const item = model.shape(shape.item[0]) as SimpleShape; // only lists of simple values are bound
    const readItem = read(item);
    return { ...row, decode: (raw) => listParts(raw, item).map((part) => readItem(part)) };
  };
}

const textDecode = (read: (text: string) => unknown) => (raw: unknown) => read(raw as string); // bindings give text

/** A header's list is cut at its commas, quotes respected; HTTP dates hold a comma of their own. */
function listParts(raw: unknown, item: SimpleShape): readonly string[] {
  if (Array.isArray(raw)) return raw;
  const text = String(raw);
  if (item.type === "timestamp") return text.match(/[^,]+,[^,]+|[^,]+/g)?.map((part) => part.trim()) ?? [];
  const parts = text.match(/\s*(?:"(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)/g) ?? [];
  return parts
    .map((part) => unquote(part.replace(/,$/, "").trim()))
    .filter((part, i) => part !== "" || i < parts.length - 1);
}

const unquote = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;

export const isHttpBound = (traits: Traits | undefined): boolean =>
  traits !== undefined &&
  (traits.httpLabel !== undefined ||
    traits.httpHeader !== undefined ||
    traits.httpPrefixHeaders !== undefined ||
    traits.httpQuery !== undefined ||
    traits.httpQueryParams !== undefined ||
    traits.httpPayload !== undefined ||
    traits.httpResponseCode !== undefined);

function bodyBindOf(model: Model, ref: ShapeRef, format: BodyFormat): Bind | undefined {
  const shape = model.structure(ref);
  const payload = shape.members.find(([, , traits]) => traits?.httpPayload);
  if (payload) return payloadBind(model, format, format.compiler.member(shape, payload), payload);
  if (shape.members.every(([, , traits]) => isHttpBound(traits))) return undefined;
  const decode = format.compiler.structure(ref, ([, , traits]) => !isHttpBound(traits));
  return ({ body }, value, decoding) => {
    const node = body === undefined || body.length === 0 ? {} : format.parse(body, shape.name);
    Object.assign(value, decode(node, decoding));
  };
}

function payloadBind(model: Model, format: BodyFormat, row: MemberRow, [name, ref, traits]: Member): Bind | undefined {
  const shape = model.shape(ref);
  if (traits?.streaming) return undefined;
  if (shape.type === "blob") return blobBind(name);
  if (shape.type === "string")
    // An empty body is an empty text: whoever needs one says in its own words what is wrong with that.
    return ({ body }, value, at) =>
      decodeMember({ ...row, decode: String }, textOf(body) ?? (row.required ? "" : undefined), value, at);
  const rootName = traits?.xmlName ?? (shape.type === "structure" ? shape.name : name);
  return ({ body }, value, decoding) => {
    const isEmpty = body === undefined || body.length === 0;
    if (isEmpty && row.required && format.emptyBody) throw format.emptyBody();
    decodeMember(row, isEmpty ? undefined : format.parse(body, rootName), value, decoding);
  };
}

function blobBind(name: string): Bind {
  return ({ body }, value) => {
    if (body !== undefined && body.length > 0) value[name] = asBuffer(body);
  };
}

function textOf(body: Uint8Array | undefined): string | undefined {
  if (body === undefined || body.length === 0) return undefined;
  if (!isUtf8(body)) throw new AwsError("SerializationException", undefined, { status: 400 });
  return asBuffer(body).toString("utf8");
}
