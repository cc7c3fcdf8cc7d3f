import { AwsError, utf8 } from "../base/index.js";
import { s3Headers } from "./errors.js";
import { type FormData, formBoundary, malformedPost } from "./form-data.js";
import type { OperationModel, Recognised, RequestHead, ResponseParts, Routed } from "./port.js";
import { checkHeaderName } from "./s3-words.js";
import { parseXmlBody, unescapeXml } from "./xml-reader.js";
import { escapeXml, XML_DECLARATION } from "./xml-writer.js";

/**
 * What browsers ask of S3 and its model does not know: a form's upload, a preflight, a page of a website. Each is
 * routed to an operation of our own name; its answer says status, headers and body itself.
 */
const OPERATIONS: ReadonlyMap<string, OperationModel> = new Map(
  [
    { name: "PostObject", errors: [], streamingInput: "Body", streamingOutput: undefined },
    { name: "OptionsObject", errors: [], streamingInput: undefined, streamingOutput: undefined },
    { name: "GetWebsite", errors: [], streamingInput: undefined, streamingOutput: "body" },
  ].map((operation) => [operation.name, operation]),
);

export const isBrowserOperation = ({ name }: OperationModel): boolean => OPERATIONS.get(name)?.name === name;

/** The operation's name, or undefined for what the model knows. */
export function browserOperation({ website }: Recognised, { method }: RequestHead): string | undefined {
  if (website) return "GetWebsite";
  return method === "OPTIONS" ? "OptionsObject" : undefined;
}

/** A POST to a bucket that is no operation of the model is a form, or nothing. */
export function formOperation({ headers }: RequestHead): string {
  const contentType = headers["content-type"] ?? "";
  if (formBoundary(contentType) !== undefined) return "PostObject";
  throw /^multipart\/form-data/i.test(contentType) ? malformedPost() : notAForm();
}

const notAForm = (): AwsError =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    fields: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
  });

export function browserRouted(service: Routed["service"], name: string, labels: Routed["labels"]): Routed {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new AwsError("UnknownOperationException");
  return { service, operation, labels };
}

/** An answer as our operations give it. */
interface BrowserAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Elements of a document that says what a form's upload made. */
  readonly postResponse?: Readonly<Record<string, string>>;
}

export function encodeBrowserAnswer(output: Readonly<Record<string, unknown>>, requestId: string): ResponseParts {
  const answer = output as unknown as BrowserAnswer; // what the operations above give
  const { status, headers } = answer;
  const body = answer.postResponse ? postResponse(answer.postResponse) : answer.body;
  const length = body === undefined ? "0" : body instanceof Uint8Array ? String(body.length) : undefined;
  return {
    status,
    headers: {
      ...s3Headers(requestId),
      ...(length === undefined ? {} : { "content-length": length }),
      ...(answer.postResponse ? { "content-type": "application/xml" } : {}),
      ...headers,
    },
    body: body ?? null,
  };
}

function postResponse(elements: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return utf8(`${XML_DECLARATION}<PostResponse>${texts.join("")}</PostResponse>`);
}

/** Fields that say a header of the object; the others are the form's own. */
const HEADER = /^(?:x-amz-.*|cache-control|content-type|content-disposition|content-encoding|expires)$/;
/** The proof of who made the form, which no operation needs to see. */
const PROOF = new Set(["x-amz-signature", "x-amz-security-token"]);

/** The PUT that a form stands for: its fields are that request's headers. */
export function formAsPut(head: RequestHead, { fields, file }: FormData): { head: RequestHead; key: string } {
  const headers: Record<string, string> = {};
  for (const name of ["host", "origin", "referer", "user-agent"]) {
    const value = head.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  for (const [name, value] of fields) {
    if (!HEADER.test(name) || PROOF.has(name)) continue;
    checkHeaderName(name, value);
    headers[name] = value;
  }
  const acl = fields.get("acl");
  const tagging = fields.get("tagging");
  if (acl !== undefined) headers["x-amz-acl"] = acl;
  if (tagging !== undefined) headers["x-amz-tagging"] = taggingHeader(tagging);
  const key = fields.get("key") ?? "";
  return {
    head: { ...head, method: "PUT", query: "", headers },
    key: key.replaceAll("${filename}", baseName(file.name)),
  };
}

/** Some browsers tell the whole path on their user's disk. */
const baseName = (name: string): string => name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);

/** A form says tags as PutObjectTagging's body does; a document with another root says none. */
function taggingHeader(text: string): string {
  const { name, node } = parseXmlBody(Buffer.from(text));
  const set = name === "Tagging" ? childOf(node, "TagSet") : undefined;
  const tags = [childOf(set, "Tag") ?? []].flat();
  return new URLSearchParams(
    tags.map((tag): [string, string] => [textOf(childOf(tag, "Key")), textOf(childOf(tag, "Value"))]),
  ).toString();
}

const textOf = (node: unknown): string => unescapeXml(typeof node === "string" ? node : "");

const childOf = (node: unknown, name: string): unknown =>
  typeof node === "object" && node !== null ? (node as Record<string, unknown>)[name] : undefined; // an object
