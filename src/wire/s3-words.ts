import { AwsError } from "../base/index.js";
import type { Fault } from "./constraints.js";
import type { RestFaults } from "./rest-request.js";
import { malformedXml } from "./xml-reader.js";

/** S3 has no common framework: a bad body is MalformedXML, a bad header or parameter InvalidArgument. */
export function s3Invalid({ bound, body }: RestFaults, headerOf: (member: string) => string): AwsError {
  const [fault] = bound;
  return fault === undefined ? inBody(body) : inHeader(fault, headerOf(fault.member));
}

function inHeader(fault: Fault, name: string): AwsError {
  if (fault.kind === "missing") {
    return new AwsError("InvalidRequest", `Missing required header for this request: ${name}`, { status: 400 });
  }
  if (name === "x-amz-storage-class") {
    return new AwsError("InvalidStorageClass", "The storage class you specified is not valid", { status: 400 });
  }
  return invalidArgument(name, String(fault.value), fault.text);
}

function inBody(faults: readonly Fault[]): AwsError {
  const outermost = faults.find((fault) => fault.kind === "missing" && !fault.path.includes("."));
  return outermost === undefined ? malformedXml() : missingBody();
}

export const missingBody = (): AwsError =>
  new AwsError("MissingRequestBodyError", "Request Body is empty", { status: 400 });

export function invalidArgument(name: string, value: string, message: string): AwsError {
  return new AwsError("InvalidArgument", message, {
    status: 400,
    fields: { ArgumentName: name, ArgumentValue: value.slice(0, 1024) },
  });
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Fields of forms and parameters of URLs can have names that no header has: in an answer they could not be told again. */
export function checkHeaderName(name: string, value: string): void {
  if (!HEADER_NAME.test(name)) throw invalidArgument(name, value, "The name of a header is not well-formed.");
}
