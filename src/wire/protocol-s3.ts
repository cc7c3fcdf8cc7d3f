import { utf8 } from "../base/index.js";
import { ByteText } from "./byte-text.js";
import { DecodeCompiler } from "./decoding.js";
import { errorEncoderOf, s3Headers } from "./errors.js";
import { eventWriter } from "./events.js";
import { demandsOf } from "./extra/index.js";
import type { Model, OperationRow, ShapeRef } from "./model.js";
import type { DecodeInput, EncodeOutput, Protocol } from "./protocol.js";
import { type BodyFormat, restDecoder } from "./rest-request.js";
import { type BodyWriter, isHeaderText, restEncoder } from "./rest-response.js";
import { versionsListWriter } from "./s3-versions-list.js";
import { invalidArgument, missingBody, s3Invalid } from "./s3-words.js";
import { malformedXml, parseXmlBody, xmlReader } from "./xml-reader.js";
import { escapeXml, type RootWriter, XML_DECLARATION, XmlWriter } from "./xml-writer.js";

/** restXml as S3 speaks it, and S3 Control with it. */
export function s3Protocol(model: Model): Protocol {
  const format: BodyFormat = {
    compiler: new DecodeCompiler(model, xmlReader, demandsOf(model.id)),
    parse: (body, rootName) => {
      const { name, node } = parseXmlBody(body);
      if (name !== rootName) throw malformedXml();
      return node;
    },
    emptyBody: missingBody,
    emptyNumbers: true,
    anyText: ANY_TEXT,
    badValue: (name, value, wanted) => invalidArgument(name, value, `Provided ${name} is not ${wanted}`),
  };
  const writer = bodyWriter(model);
  return {
    decoder: (row) => decoder(model, row, format),
    encoder: (name, row) => encoder(model, name, row, writer),
    encodeError: errorEncoderOf(model),
  };
}

/** Kept and told as it came: `0` and `-1` are as usual there as dates. */
const ANY_TEXT = new Set(["Expires"]);

function decoder(model: Model, row: OperationRow, format: BodyFormat): DecodeInput {
  const decode = restDecoder(model, row.input, format);
  const members = row.input === null ? [] : model.structure(row.input).members;
  const headers = new Map(members.map(([name, , traits]) => [name, traits?.httpHeader ?? traits?.httpQuery ?? name]));
  return (routed, head, body) => {
    const { value, faults } = decode(routed, head, body);
    if (head.query.includes("response-")) checkAnswerHeaders(value);
    if (faults.bound.length + faults.body.length > 0) throw s3Invalid(faults, (name) => headers.get(name) ?? name);
    return value;
  };
}

/** What a URL asks to be sent back as headers must be text that a header can hold. */
function checkAnswerHeaders(input: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(input)) {
    if (!name.startsWith("Response") || typeof value !== "string" || isHeaderText(value)) continue;
    const header = name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    throw invalidArgument(header, value, "Header value cannot be represented using ISO-8859-1.");
  }
}

function encoder(model: Model, name: string, row: OperationRow, writer: BodyWriter): EncodeOutput {
  if (name === "GetBucketLocation") return (output, requestId) => withIds(bucketLocation(model, output), requestId);
  const encode = restEncoder(model, row.output, row.http?.status ?? 200, writer);
  return (output, requestId) => {
    const parts = encode(output);
    // What was stored as `Expires` may be no date: its text stands before the modelled timestamp.
    const expires = parts.headers["expiresstring"];
    if (expires !== undefined) {
      delete parts.headers["expiresstring"];
      parts.headers["expires"] = expires;
    }
    // It says what a body would be of, had it one.
    if (name === "HeadBucket") parts.headers["content-type"] = "application/xml";
    return withIds({ ...parts, status: statusOf(output) ?? parts.status }, requestId);
  };
}

/** A status that the model, which knows one for each operation, does not: an operation may answer with its own. */
function statusOf(output: Readonly<Record<string, unknown>>): number | undefined {
  const { httpStatus } = output;
  if (typeof httpStatus === "number") return httpStatus;
  return output["ContentRange"] === undefined ? undefined : 206;
}

function withIds<Parts extends { headers: Record<string, string | string[]> }>(parts: Parts, requestId: string): Parts {
  Object.assign(parts.headers, s3Headers(requestId));
  return parts;
}

/** The one answer whose root element is the member itself; us-east-1 is an empty one. */
function bucketLocation(model: Model, output: Readonly<Record<string, unknown>>) {
  const text = escapeXml(String(output["LocationConstraint"] ?? ""));
  const element = `<LocationConstraint xmlns="${model.xmlNamespace}">${text}</LocationConstraint>`;
  const body = utf8(`${XML_DECLARATION}${element}`);
  const headers: Record<string, string> = {
    "content-type": "application/xml",
    "content-length": String(body.length),
  };
  return { status: 200, headers, body };
}

function bodyWriter(model: Model): BodyWriter {
  const writer = new XmlWriter(model);
  const root = (name: string, ref: ShapeRef, structure: RootWriter = writer.structure(ref)) => {
    const open = `${XML_DECLARATION}<${name} xmlns="${escapeXml(model.xmlNamespace)}"`;
    return (value: unknown) => {
      const document = new ByteText();
      document.add(`${open}${structure.attributes(value)}>`);
      structure.writeContent(value, document);
      document.add(`</${name}>`);
      return document.bytes();
    };
  };
  return {
    contentType: "application/xml",
    members: (ref, takes) => {
      const isVersionsList = model.structure(ref).name === "ListObjectVersionsOutput";
      const structure = isVersionsList ? versionsListWriter(writer, ref, takes) : writer.structure(ref, takes);
      return root(rootName(model, ref), ref, structure);
    },
    payload: ([, ref, traits]) => root(traits?.xmlName ?? rootName(model, ref), ref),
    events: (member) => eventWriter(model, member, "text/xml", (ref) => root(rootName(model, ref), ref)),
  };
}

function rootName(model: Model, ref: ShapeRef): string {
  const { name, traits } = model.structure(ref);
  return traits?.xmlName ?? name;
}
