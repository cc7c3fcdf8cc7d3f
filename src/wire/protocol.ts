import type { EncodeError } from "./errors.js";
import type { Model, OperationRow } from "./model.js";
import type { RequestHead, ResponseParts, Routed } from "./port.js";
import { jsonProtocol } from "./protocol-json.js";
import { queryProtocol } from "./protocol-query.js";
import { restJsonProtocol } from "./protocol-rest-json.js";
import { s3Protocol } from "./protocol-s3.js";

export type DecodeInput = (routed: Routed, head: RequestHead, body: Uint8Array | undefined) => Record<string, unknown>;
export type EncodeOutput = (output: Readonly<Record<string, unknown>>, requestId: string) => ResponseParts;

/** What one protocol does for one service. Decoders and encoders are compiled when an operation is first called. */
export interface Protocol {
  decoder(row: OperationRow): DecodeInput;
  encoder(name: string, row: OperationRow): EncodeOutput;
  readonly encodeError: EncodeError;
}

export function protocolOf(model: Model): Protocol {
  switch (model.protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return jsonProtocol(model);
    case "awsQuery":
    case "ec2Query":
      return queryProtocol(model);
    case "restJson1":
      return restJsonProtocol(model);
    case "restXml":
      return s3Protocol(model);
  }
}
