import { DecodeCompiler, Decoding } from "./decoding.js";
import { errorEncoderOf } from "./errors.js";
import { demandsOf } from "./extra/index.js";
import { jsonReader, parseJsonBody } from "./json-reader.js";
import { JsonWriter } from "./json-writer.js";
import type { Model, OperationRow } from "./model.js";
import type { DecodeInput, EncodeOutput, Protocol } from "./protocol.js";
import { wordsOf } from "./words.js";

/** awsJson 1.0 and 1.1: a target header and a JSON object each way. */
export function jsonProtocol(model: Model): Protocol {
  const compiler = new DecodeCompiler(model, jsonReader(false), demandsOf(model.id));
  const writer = new JsonWriter(model, false);
  const contentType = model.protocol === "awsJson1_0" ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
  return {
    decoder: (row) => decoder(model, row, compiler),
    encoder: (_, row) => encoder(row, writer, contentType),
    encodeError: errorEncoderOf(model),
  };
}

function decoder(model: Model, row: OperationRow, compiler: DecodeCompiler): DecodeInput {
  if (row.input === null) return () => ({});
  const decode = compiler.structure(row.input);
  const invalid = wordsOf(model.id);
  return (_routed, _head, body) => {
    const decoding = new Decoding();
    const value = decode(parseJsonBody(body), decoding);
    if (decoding.faults.length > 0) throw invalid(decoding.faults);
    return value as Record<string, unknown>; // a structure's decoder gives an object
  };
}

function encoder(row: OperationRow, writer: JsonWriter, contentType: string): EncodeOutput {
  const write = row.output === null ? undefined : writer.text(row.output);
  return (output, requestId) => {
    // An operation without an output shape answers with no body at all (kms W-5).
    const body = write === undefined ? null : write(output);
    const headers = {
      "content-type": contentType,
      "content-length": String(body === null ? 0 : Buffer.byteLength(body)),
      "x-amzn-RequestId": requestId,
    };
    return { status: 200, headers, body };
  };
}
