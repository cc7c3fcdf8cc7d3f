import { type AwsError, utf8 } from "../base/index.js";
import { JsonWriter } from "./json-writer.js";
import type { ErrorRow, Model } from "./model.js";
import type { RequestHead, ResponseParts } from "./port.js";
import { isWebsiteHost } from "./recognise.js";
import { S3_STATUS } from "./s3-status.js";
import { websitePage } from "./website-page.js";
import { escapeXml, XML_DECLARATION, XmlWriter } from "./xml-writer.js";

/** Says an error as one service says it. */
export type EncodeError = (error: AwsError, requestId: string, head: RequestHead) => ResponseParts;

export function errorEncoderOf(model: Model): EncodeError {
  switch (model.protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return jsonErrors(model, model.protocol === "awsJson1_0" ? "1.0" : "1.1");
    case "awsQuery":
      return queryErrors(model);
    case "ec2Query":
      return ec2Errors();
    case "restJson1":
      return restJsonErrors(model);
    case "restXml":
      return s3Errors(model.id === "s3" ? bareError : wrappedError);
  }
}

/** What is said when not even the service is known. */
export const unknownServiceError: EncodeError = (error, requestId) => {
  const body = { __type: error.code, ...messageOf(error) };
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code };
  return complete(
    error,
    jsonStatus(error, undefined),
    { ...headers, "x-amzn-RequestId": requestId },
    JSON.stringify(body),
  );
};

/** The row by the shape's name, or by the shorter code that the query protocols send. */
function rowFinder(model: Model): (code: string) => ErrorRow | undefined {
  const byCode = new Map<string, ErrorRow>();
  for (const row of model.errors.values()) if (row.code !== undefined) byCode.set(row.code, row);
  return (code) => model.errors.get(code) ?? byCode.get(code);
}

function jsonErrors(model: Model, version: string): EncodeError {
  const fieldsOf = jsonFields(model, false);
  return (error, requestId) => {
    const body = { __type: error.code, ...messageOf(error), ...fieldsOf(error) };
    const headers = {
      "content-type": `application/x-amz-json-${version}`,
      "x-amzn-RequestId": requestId,
      "x-amzn-ErrorType": error.code,
    };
    return complete(error, jsonStatus(error, model.errors.get(error.code)), headers, JSON.stringify(body));
  };
}

/** awsJson answers 400 or 500 by fault, whatever the model's status says; a 5xx of the model's is kept (kms W-9). */
function jsonStatus(error: AwsError, row: ErrorRow | undefined): number {
  if (error.status !== undefined) return error.status;
  if (error.fault === "client" && row?.fault !== "server") return 400;
  return row?.status !== undefined && row.status > 500 ? row.status : 500;
}

/** Clients read both spellings; AccessDeniedException is the one that AWS spells with a capital (kms W-7). */
function messageOf(error: AwsError): { message?: string; Message?: string } {
  if (!error.hasMessage) return {};
  return error.code === "AccessDeniedException" ? { Message: error.message } : { message: error.message };
}

/** Modelled fields are written by their shapes, others as they are. */
function jsonFields(model: Model, useJsonName: boolean): (error: AwsError) => Record<string, unknown> {
  const writer = new JsonWriter(model, useJsonName);
  return (error) => {
    if (Object.keys(error.fields).length === 0) return {};
    const row = model.errors.get(error.code);
    const written = row === undefined ? {} : writer.structure(row.shape)(error.fields);
    return { ...plainFields(error.fields), ...(written as Record<string, unknown>) }; // a structure's writer gives an object
  };
}

const plainFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value === "string" || typeof value === "number"),
  );

function restJsonErrors(model: Model): EncodeError {
  const fieldsOf = jsonFields(model, true);
  return (error, requestId) => {
    const row = model.errors.get(error.code);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": error.code,
    };
    // Some models name the member `message`, some `Message`: the reader of each takes its own, and both.
    const name =
      row && model.structure(row.shape).members.some(([member]) => member === "Message") ? "Message" : "message";
    const body = { ...(error.hasMessage ? { [name]: error.message } : {}), ...fieldsOf(error) };
    return complete(error, commonStatus(error, row), headers, JSON.stringify(body));
  };
}

/** Codes that every service may answer and whose status is not 400. */
const COMMON_STATUS: ReadonlyMap<string, number> = new Map([
  ["AccessDenied", 403],
  ["AccessDeniedException", 403],
  ["ExpiredToken", 403],
  ["ExpiredTokenException", 403],
  ["InvalidClientTokenId", 403],
  ["InvalidSignatureException", 403],
  ["MissingAuthenticationToken", 403],
  ["MissingAuthenticationTokenException", 403],
  ["OptInRequired", 403],
  ["SignatureDoesNotMatch", 403],
  ["UnauthorizedOperation", 403],
  ["UnrecognizedClientException", 403],
  ["AuthFailure", 401],
  ["RequestEntityTooLargeException", 413],
  ["NotImplemented", 501],
  ["ServiceUnavailable", 503],
  ["ServiceUnavailableException", 503],
]);

function commonStatus(error: AwsError, row: ErrorRow | undefined): number {
  const fallback = error.fault === "server" || row?.fault === "server" ? 500 : 400;
  return error.status ?? row?.status ?? COMMON_STATUS.get(error.code) ?? fallback;
}

function queryErrors(model: Model): EncodeError {
  const rowOf = rowFinder(model);
  const writer = new XmlWriter(model);
  return (error, requestId) => {
    const row = rowOf(error.code);
    const status = commonStatus(error, row);
    const fields =
      row === undefined ? "" : writer.structure(row.shape, ([name]) => !/^message$/i.test(name)).content(error.fields);
    const body =
      `<ErrorResponse xmlns="${escapeXml(model.xmlNamespace)}"><Error>` +
      `<Type>${status < 500 ? "Sender" : "Receiver"}</Type><Code>${escapeXml(row?.code ?? error.code)}</Code>` +
      `${messageElement(error)}${fields}</Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`;
    return complete(error, status, { "content-type": "text/xml", "x-amzn-RequestId": requestId }, body);
  };
}

const messageElement = (error: AwsError): string =>
  error.hasMessage ? `<Message>${escapeXml(error.message)}</Message>` : "";

function ec2Errors(): EncodeError {
  return (error, requestId) => {
    const body =
      `${XML_DECLARATION}<Response><Errors><Error><Code>${escapeXml(error.code)}</Code>${messageElement(error)}` +
      `</Error></Errors><RequestID>${escapeXml(requestId)}</RequestID></Response>`;
    const headers = { "content-type": "text/xml;charset=UTF-8", "x-amzn-RequestId": requestId };
    return complete(error, commonStatus(error, undefined), headers, body);
  };
}

/** How an error's parts and the request's ids stand in the answer. */
type ErrorForm = (parts: string, ids: string) => string;

const bareError: ErrorForm = (parts, ids) => `<Error>${parts}${ids}</Error>`;
/** S3 Control answers as restXml has it everywhere but in S3. */
const wrappedError: ErrorForm = (parts, ids) => `<ErrorResponse><Error>${parts}</Error>${ids}</ErrorResponse>`;

function s3Errors(form: ErrorForm): EncodeError {
  return (error, requestId, head) => {
    const status = error.status ?? S3_STATUS.get(error.code) ?? (error.fault === "server" ? 500 : 400);
    // Caches take the headers of this answer for the object's own: it says nothing of a body.
    if (status === 304) return { status, headers: { ...s3Headers(requestId), ...error.headers }, body: null };
    if (isWebsiteHost(head.headers["host"] ?? "")) return websiteError(error, status, requestId, head);
    const headers = { "content-type": "application/xml", ...s3Headers(requestId) };
    if (head.method === "HEAD") return { ...complete(error, status, headers, ""), body: null };
    const fields = Object.entries(error.fields).map(
      ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
    );
    const parts = `<Code>${escapeXml(error.code)}</Code>${messageElement(error)}${fields.join("")}`;
    const ids = `<RequestId>${escapeXml(requestId)}</RequestId><HostId>${hostId(requestId)}</HostId>`;
    return complete(error, status, headers, `${XML_DECLARATION}${form(parts, ids)}`);
  };
}

/** What browsers are shown at a website's host. */
function websiteError(error: AwsError, status: number, requestId: string, head: RequestHead): ResponseParts {
  const headers = {
    "x-amz-error-code": error.code,
    "x-amz-error-message": error.message.replace(/[^\x20-\x7e]/g, "?"),
    ...s3Headers(requestId),
    "content-type": "text/html; charset=utf-8",
  };
  const parts = complete(
    error,
    status,
    headers,
    websitePage(error, status, { RequestId: requestId, HostId: hostId(requestId) }),
  );
  return head.method === "HEAD" ? { ...parts, body: null } : parts;
}

/** S3's second id says which machine answered. Ours is one house: the request's id again, in the form of theirs. */
export const hostId = (requestId: string): string => utf8(requestId).toString("base64");

/** Every answer of S3 has these, whatever it is. */
export const s3Headers = (requestId: string) => ({
  "x-amz-request-id": requestId,
  "x-amz-id-2": hostId(requestId),
  server: "Strongroom",
});

function complete(error: AwsError, status: number, headers: Record<string, string>, text: string): ResponseParts {
  const body = utf8(text);
  return { status, headers: { ...headers, "content-length": String(body.length), ...error.headers }, body };
}
