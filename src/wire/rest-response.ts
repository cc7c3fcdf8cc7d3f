import { asBuffer, utf8 } from "../base/index.js";
import type { Member, Model, Shape, ShapeRef, Traits } from "./model.js";
import type { ResponseParts } from "./port.js";
import { isHttpBound } from "./rest-request.js";
import { formatTimestamp } from "./timestamps.js";

/** How a REST protocol writes what is left for the body. */
export interface BodyWriter {
  readonly contentType: string;
  /** The members that no binding took. */
  members(ref: ShapeRef, takes: (member: Member) => boolean): (value: unknown) => string | Uint8Array;
  /** A structure that is the whole body. */
  payload(member: Member): (value: unknown) => string | Uint8Array;
  /** An event stream that is the whole body. */
  events(member: Member): (value: unknown) => AsyncIterable<Uint8Array>;
}

export type RestEncode = (output: Readonly<Record<string, unknown>>) => ResponseParts;

type Output = Readonly<Record<string, unknown>>;
type Headers = Record<string, string | string[]>;
type BodyOf = (output: Output, headers: Headers) => ResponseParts["body"];

export function restEncoder(model: Model, ref: ShapeRef | null, status: number, writer: BodyWriter): RestEncode {
  if (ref === null) return () => ({ status, headers: { "content-length": "0" }, body: null });
  const shape = model.structure(ref);
  const headerBinds = new Map(shape.members.flatMap((member) => headerBind(model, member)));
  const code = shape.members.find(([, , traits]) => traits?.httpResponseCode)?.[0];
  const bodyOf = bodyWriter(model, ref, writer);
  return (output) => {
    const headers: Headers = {};
    // What the answer holds is asked for, not what it might: an object's has forty members of which ten are there.
    for (const name in output) {
      const value = output[name];
      if (value !== undefined && value !== null) headerBinds.get(name)?.(value, headers);
    }
    const body = bodyOf(output, headers);
    const chosen = code === undefined ? undefined : output[code];
    return { status: typeof chosen === "number" ? chosen : status, headers, body };
  };
}

type HeaderBind = (value: unknown, headers: Headers) => void;

function headerBind(model: Model, [name, ref, traits]: Member): [string, HeaderBind][] {
  const prefix = traits?.httpPrefixHeaders;
  if (prefix !== undefined) return [[name, prefixBind(prefix)]];
  const header = traits?.httpHeader?.toLowerCase();
  if (header === undefined) return [];
  const text = headerText(model, model.shape(ref));
  return [
    [
      name,
      (value, headers) => {
        headers[header] = headerSafe(text(value));
      },
    ],
  ];
}

const prefixBind =
  (prefix: string): HeaderBind =>
  (values, headers) => {
    for (const [key, value] of Object.entries(values as object)) // a map's value
      if (value !== undefined) headers[`${prefix}${key}`.toLowerCase()] = headerSafe(String(value));
  };

const NO_HEADER_TEXT = /[^\t\u0020-\u007e\u0080-\u00ff]/;

export const isHeaderText = (text: string): boolean => !NO_HEADER_TEXT.test(text);

/** Text beyond Latin-1 goes out as its UTF-8 bytes; a line break, which could begin another header, as a space. */
function headerSafe(text: string): string {
  if (isHeaderText(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a header cannot hold.
  return utf8(text.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, " ")).toString("latin1");
}

function headerText(model: Model, shape: Shape): (value: unknown) => string {
  switch (shape.type) {
    case "timestamp":
      return (value) => formatTimestamp(value as Date, shape.format ?? "httpDate"); // a timestamp's value
    case "blob":
      return (value) => asBuffer(value as Uint8Array).toString("base64"); // a blob's value
    case "list": {
      const item = headerText(model, model.shape(shape.item[0]));
      const quoted = model.shape(shape.item[0]).type === "string";
      return (value) => (value as readonly unknown[]).map((part) => quote(item(part), quoted)).join(", "); // a list's value
    }
    default:
      return String;
  }
}

const quote = (text: string, mayQuote: boolean): string =>
  mayQuote && /[",]/.test(text) ? `"${text.replace(/(["\\])/g, "\\$1")}"` : text;

function bodyWriter(model: Model, ref: ShapeRef, writer: BodyWriter): BodyOf {
  const shape = model.structure(ref);
  const payload = shape.members.find(([, , traits]) => traits?.httpPayload);
  if (payload) return payloadWriter(model, payload, writer);
  const takes = (member: Member) => !isBoundToResponse(member[2]);
  if (!shape.members.some(takes)) return emptyBody;
  const write = writer.members(ref, takes);
  return (output, headers) => bytes(write(output), writer.contentType, headers);
}

/** Request bindings (a label, a parameter) mean nothing in a response: such a member is in the body. */
function isBoundToResponse(traits: Traits | undefined): boolean {
  if (!isHttpBound(traits)) return false;
  return traits?.httpLabel === undefined && traits?.httpQuery === undefined && traits?.httpQueryParams === undefined;
}

const emptyBody: BodyOf = (_, headers) => {
  headers["content-length"] ??= "0";
  return null;
};

function bytes(written: string | Uint8Array, contentType: string, headers: Headers): Uint8Array {
  const body = typeof written === "string" ? utf8(written) : written;
  headers["content-type"] ??= contentType;
  headers["content-length"] = String(body.length);
  return body;
}

function payloadWriter(model: Model, member: Member, writer: BodyWriter): BodyOf {
  const [name, ref, traits] = member;
  const { type } = model.shape(ref);
  if (type === "union" && traits?.streaming) {
    const events = writer.events(member);
    return (output, headers) => {
      headers["content-type"] ??= "application/vnd.amazon.eventstream";
      return events(output[name]);
    };
  }
  if (type === "blob" || type === "string") return (output, headers) => rawBody(output[name], headers);
  const write = writer.payload(member);
  return (output, headers) =>
    output[name] === undefined ? emptyBody(output, headers) : bytes(write(output[name]), writer.contentType, headers);
}

/** Bytes and streams pass as they are. A stream's length, if it is known, came as a header of the output. */
function rawBody(value: unknown, headers: Headers): ResponseParts["body"] {
  if (value === undefined || value === null) return emptyBody({}, headers) ?? null;
  headers["content-type"] ??= "application/octet-stream";
  if (typeof value === "string" || value instanceof Uint8Array) {
    const body = typeof value === "string" ? utf8(value) : value;
    headers["content-length"] ??= String(body.length);
    return body;
  }
  return value as AsyncIterable<Uint8Array>; // a streaming member is bytes or a stream
}
