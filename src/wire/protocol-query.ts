import { utf8 } from "../base/index.js";
import { DecodeCompiler, Decoding } from "./decoding.js";
import { errorEncoderOf } from "./errors.js";
import { demandsOf } from "./extra/index.js";
import type { Model, OperationRow } from "./model.js";
import type { DecodeInput, EncodeOutput, Protocol } from "./protocol.js";
import { parseQuery, queryReader } from "./query-reader.js";
import { wordsOf } from "./words.js";
import { escapeXml, XML_DECLARATION, XmlWriter } from "./xml-writer.js";

/** awsQuery and ec2Query: a form in, XML out. */
export function queryProtocol(model: Model): Protocol {
  const isEc2 = model.protocol === "ec2Query";
  const compiler = new DecodeCompiler(model, queryReader(isEc2), demandsOf(model.id));
  const writer = new XmlWriter(model);
  return {
    decoder: (row) => decoder(model, row, compiler),
    encoder: (name, row) => (isEc2 ? ec2Encoder(model, name, row, writer) : queryEncoder(model, name, row, writer)),
    encodeError: errorEncoderOf(model),
  };
}

function decoder(model: Model, row: OperationRow, compiler: DecodeCompiler): DecodeInput {
  if (row.input === null) return () => ({});
  const decode = compiler.structure(row.input);
  const invalid = wordsOf(model.id);
  return (_routed, head, body) => {
    const decoding = new Decoding();
    const value = decode(parseQuery(head.query, body), decoding);
    if (decoding.faults.length > 0) throw invalid(decoding.faults);
    return value as Record<string, unknown>; // a structure's decoder gives an object
  };
}

function queryEncoder(model: Model, name: string, row: OperationRow, writer: XmlWriter): EncodeOutput {
  const result = row.output === null ? undefined : writer.structure(row.output);
  const open = `<${name}Response xmlns="${escapeXml(model.xmlNamespace)}">`;
  return (output, requestId) => {
    const inner = result === undefined ? "" : `<${name}Result>${result.content(output)}</${name}Result>`;
    const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`;
    return xmlResponse(`${open}${inner}${metadata}</${name}Response>`, "text/xml", requestId);
  };
}

/** EC2 has no result element, and says `return` where there is nothing to say. */
function ec2Encoder(model: Model, name: string, row: OperationRow, writer: XmlWriter): EncodeOutput {
  const result = row.output === null ? undefined : writer.structure(row.output);
  const open = `${XML_DECLARATION}<${name}Response xmlns="${escapeXml(model.xmlNamespace)}/">`;
  return (output, requestId) => {
    const inner = result === undefined ? "<return>true</return>" : result.content(output);
    const text = `${open}<requestId>${escapeXml(requestId)}</requestId>${inner}</${name}Response>`;
    return xmlResponse(text, "text/xml;charset=UTF-8", requestId);
  };
}

function xmlResponse(text: string, contentType: string, requestId: string) {
  const body = utf8(text);
  const headers = {
    "content-type": contentType,
    "content-length": String(body.length),
    "x-amzn-RequestId": requestId,
  };
  return { status: 200, headers, body };
}
