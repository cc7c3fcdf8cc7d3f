import type { RequestHead } from "../../wire/index.js";
import { type Family, incomplete } from "./errors.js";
import { parseHeader } from "./parse-header.js";
import { parseQuery, signatureParameters } from "./parse-query.js";
import type { Presented } from "./presented.js";
import { s3TwoMechanisms } from "./s3-errors.js";

/** Undefined: nobody signed. Throws when somebody tried and it cannot be read; what is returned proves nothing yet. */
export function parseSignature(head: RequestHead, family: Family): Presented | undefined {
  const authorization = head.headers["authorization"];
  const parameters = signatureParameters(head.query);
  if (authorization === undefined) return parameters && parseQuery(head, family, parameters);
  if (parameters !== undefined) {
    throw family === "s3" ? s3TwoMechanisms() : incomplete(family, "Only one way of signing a request is allowed.");
  }
  return parseHeader(head, family, authorization);
}
