import { AwsError, utf8 } from "../base/index.js";
import { DecodeCompiler } from "./decoding.js";
import { errorEncoderOf } from "./errors.js";
import { eventWriter } from "./events.js";
import { demandsOf } from "./extra/index.js";
import { jsonReader, parseJsonBody } from "./json-reader.js";
import { JsonWriter } from "./json-writer.js";
import type { Model, OperationRow } from "./model.js";
import type { DecodeInput, EncodeOutput, Protocol } from "./protocol.js";
import { type BodyFormat, restDecoder } from "./rest-request.js";
import { type BodyWriter, restEncoder } from "./rest-response.js";
import { wordsOf } from "./words.js";

export function restJsonProtocol(model: Model): Protocol {
  const format: BodyFormat = {
    compiler: new DecodeCompiler(model, jsonReader(true), demandsOf(model.id)),
    parse: (body) => parseJsonBody(body),
    badValue: (name, value, wanted) =>
      new AwsError("SerializationException", `'${value.slice(0, 256)}' at '${name}' can not be converted to ${wanted}`),
  };
  const writer = bodyWriter(model);
  return {
    decoder: (row) => decoder(model, row, format),
    encoder: (_, row) => encoder(model, row, writer),
    encodeError: errorEncoderOf(model),
  };
}

function decoder(model: Model, row: OperationRow, format: BodyFormat): DecodeInput {
  const decode = restDecoder(model, row.input, format);
  const invalid = wordsOf(model.id);
  return (routed, head, body) => {
    const { value, faults } = decode(routed, head, body);
    const all = [...faults.bound, ...faults.body];
    if (all.length > 0) throw invalid(all);
    return value;
  };
}

function encoder(model: Model, row: OperationRow, writer: BodyWriter): EncodeOutput {
  const encode = restEncoder(model, row.output, row.http?.status ?? 200, writer);
  return (output, requestId) => {
    const parts = encode(output);
    parts.headers["x-amzn-requestid"] = requestId;
    return parts;
  };
}

function bodyWriter(model: Model): BodyWriter {
  const writer = new JsonWriter(model, true);
  return {
    contentType: "application/json",
    members: (ref, takes) => {
      const write = writer.structure(ref, takes);
      return (value) => JSON.stringify(write(value));
    },
    payload: ([, ref, traits]) => {
      const write = writer.bound([ref, traits]);
      return (value) => JSON.stringify(write(value));
    },
    events: (member) =>
      eventWriter(model, member, "application/json", (ref) => {
        const write = writer.structure(ref);
        return (value) => utf8(JSON.stringify(write(value)));
      }),
  };
}
