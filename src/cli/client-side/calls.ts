import type { IncomingMessage, RequestOptions } from "node:http";
import type { OwnerCredentials } from "../credentials.js";

/** Where S3 and KMS answer, and how requests to them are signed. */
export interface CallPlace {
  readonly endpoint: string;
  readonly region: string;
  /** PEM of an authority to trust instead of the public ones. */
  readonly ca?: string;
  readonly credentials: OwnerCredentials;
  readonly sign: (request: {
    readonly method: string;
    readonly path: string;
    readonly service: "s3" | "kms";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Buffer;
    readonly payloadHash?: string;
  }) => Record<string, string>;
}

/** What a service answered instead of what was asked: its code and message. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

export interface S3Body {
  /** User metadata by its name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Still to be read, or to be destroyed: it holds its connection. */
  readonly content: AsyncIterable<Buffer> & { destroy(): void };
}

const ERROR_MOST_BYTES = 64 * 1024;
/** A page of 1,000 keys, each of them encoded. */
const S3_ANSWER_MOST_BYTES = 8 * 1024 * 1024;
const KMS_ANSWER_MOST_BYTES = 64 * 1024;
const META = "x-amz-meta-";

export async function getObject(place: CallPlace, { bucket, key }: S3Place): Promise<S3Body> {
  const path = objectPath(bucket, key);
  const headers = place.sign({ method: "GET", path, service: "s3", headers: hostOf(place) });
  const response = await exchange(place, { method: "GET", path, headers });
  const metadata = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
    name.startsWith(META) && typeof value === "string" ? [[name.slice(META.length), value]] : [],
  );
  return { metadata: Object.fromEntries(metadata), content: response };
}

/** The body's hash is signed, so that nothing is kept that is not what was sent. */
export async function putObject(
  place: CallPlace,
  { bucket, key }: S3Place,
  body: { readonly content: AsyncIterable<Buffer>; readonly bytes: number; readonly sha256: string },
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const path = objectPath(bucket, key);
  const named = Object.entries(metadata).map(([name, value]): [string, string] => [`${META}${name}`, value]);
  const plain = { ...hostOf(place), "content-length": String(body.bytes), ...Object.fromEntries(named) };
  const headers = place.sign({ method: "PUT", path, service: "s3", headers: plain, payloadHash: body.sha256 });
  const response = await exchange(place, { method: "PUT", path, headers }, body.content);
  await readBounded(response, ERROR_MOST_BYTES);
}

/** A call of S3 whose answer is short; `target` is the path, encoded, with its query. Throws CallError. */
export async function callS3(
  place: CallPlace,
  method: "GET" | "HEAD" | "PUT",
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<{ readonly headers: Readonly<Record<string, unknown>>; readonly text: string }> {
  const bytes = Buffer.from(body);
  const plain = { ...hostOf(place), ...headers, "content-length": String(bytes.length) };
  const signed = place.sign({ method, path: target, service: "s3", headers: plain, body: bytes });
  const response = await exchange(place, { method, path: target, headers: signed }, [bytes]);
  return { headers: response.headers, text: (await readBounded(response, S3_ANSWER_MOST_BYTES)).toString("utf8") };
}

/** One call of KMS in its JSON protocol. */
export async function callKms(place: CallPlace, operation: string, input: object): Promise<Record<string, unknown>> {
  const body = Buffer.from(JSON.stringify(input));
  const plain = {
    ...hostOf(place),
    "content-type": "application/x-amz-json-1.1",
    "content-length": String(body.length),
    "x-amz-target": `TrentService.${operation}`,
  };
  const headers = place.sign({ method: "POST", path: "/", service: "kms", headers: plain, body });
  const response = await exchange(place, { method: "POST", path: "/", headers }, [body]);
  const answer: unknown = JSON.parse((await readBounded(response, KMS_ANSWER_MOST_BYTES)).toString("utf8"));
  return answer as Record<string, unknown>; // KMS answers with an object; its members are checked where they are read
}

const hostOf = ({ endpoint }: CallPlace) => ({ host: new URL(endpoint).host });

export const objectPath = (bucket: string, key: string) =>
  `/${bucket}/${key
    .split("/")
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join("/")}`;

/** The answer of a request that succeeded; its body is still to be read. Throws CallError. */
async function exchange(
  place: CallPlace,
  options: RequestOptions & { readonly path: string },
  content: Iterable<Buffer> | AsyncIterable<Buffer> = [],
): Promise<IncomingMessage> {
  const { protocol, hostname, port } = new URL(place.endpoint);
  const { request: open } = await (protocol === "https:" ? import("node:https") : import("node:http"));
  const { Readable } = await import("node:stream");
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = open(
      { ...options, hostname: hostname.replace(/^\[|\]$/g, ""), port, ...(place.ca ? { ca: place.ca } : {}) },
      resolve,
    );
    const source = Readable.from(content);
    request.on("error", (error) => {
      source.destroy();
      reject(new Error(`No answer from ${place.endpoint} (${error.message}).`));
    });
    source.on("error", (error) => {
      request.destroy();
      reject(error);
    });
    source.pipe(request);
  });
  if (response.statusCode === 200) return response;
  throw refusal(response.statusCode ?? 0, (await readBounded(response, ERROR_MOST_BYTES)).toString("utf8"));
}

/** S3 speaks XML, KMS JSON; both give a code and a message. */
function refusal(status: number, text: string): CallError {
  const xml = (name: string) => text.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
  const json = (name: string) => text.match(new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`, "i"))?.[1];
  const code = xml("Code") ?? json("__type")?.replace(/^.*#/, "") ?? `status ${status}`;
  return new CallError(code, xml("Message") ?? json("message") ?? "");
}

/** A whole body that may not be longer. */
export async function readBounded(content: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of content) {
    total += piece.length;
    if (total > most) throw new Error(`More than ${most} bytes came where at most so many may.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
