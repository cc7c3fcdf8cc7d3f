import type { TLSSocket } from "node:tls";
import type { AwsError, Region } from "../base/index.js";
import type { Caller, SignatureVersion, SignedForm } from "../identity/index.js";
import type { AuditNotes, RequestBody, Service } from "../kit/index.js";
import type { Recognised, RequestHead, ResponseParts, Routed } from "../wire/index.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import type { KeptRecords } from "./kept-records.js";

/** One request on its way through the pipeline. Each step fills in what the next ones stand on. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly head: RequestHead;
  /** The same, with the headers that a signed URL carries: what is asked for. The signature is held against `head`. */
  asked: RequestHead;
  readonly requestId: string;
  readonly time: Date;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secure: boolean;
  readonly notes: AuditNotes;
  /** Of the keys that it uses. */
  records: KeptRecords | undefined;
  /** What the answer waits for beside the call's record. */
  readonly alongside: Promise<void>[];
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  wasContinued: boolean;
  recognised: Recognised | undefined;
  bytes: Buffer | undefined;
  routed: Routed | undefined;
  service: Service | undefined;
  caller: Caller | undefined;
  region: Region | undefined;
  signatureVersion: SignatureVersion | undefined;
  signed: SignedForm | undefined;
  body: RequestBody | undefined;
  /** A browser's form, and the head of the PUT that it stands for. */
  form: { readonly fields: ReadonlyMap<string, string>; readonly head: RequestHead } | undefined;
  input: Record<string, unknown> | undefined;
  /** What was answered, once it is known. */
  answer: { readonly parts: ResponseParts; readonly error: AwsError | undefined; readonly atMs: number } | undefined;
  /** The answer broke off. */
  wasCut: boolean;
}

/** Of an exchange that is `secure`: that says what its socket is. */
export const tlsSocketOf = ({ request }: Pick<Exchange, "request">): TLSSocket => request.socket as TLSSocket;

export function openExchange(
  request: HttpRequest,
  response: HttpResponse,
  made: { requestId: string; time: Date; expectsContinue: boolean },
): Exchange {
  const head = headOf(request);
  return {
    request,
    response,
    head,
    asked: head,
    // Member after member: behind a spread the object is made one property at a time, for every request.
    requestId: made.requestId,
    time: made.time,
    expectsContinue: made.expectsContinue,
    sourceIp: sourceIpOf(request),
    userAgent: (head.headers["user-agent"] ?? "").slice(0, 1024),
    secure: (request.socket as Partial<TLSSocket>).encrypted === true, // only a TLSSocket has the member
    notes: { resources: [], additionalEventData: {} },
    records: undefined,
    alongside: [],
    wasContinued: false,
    recognised: undefined,
    bytes: undefined,
    routed: undefined,
    service: undefined,
    caller: undefined,
    region: undefined,
    signatureVersion: undefined,
    signed: undefined,
    body: undefined,
    form: undefined,
    input: undefined,
    answer: undefined,
    wasCut: false,
  };
}

/** Method, path, query and headers as they came, undecoded. */
export const headOf = (request: HttpRequest): RequestHead => new Head(request);

class Head implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest) {
    const url = originForm(request.url ?? "/");
    const mark = url.indexOf("?");
    this.method = request.method ?? "GET";
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? "" : url.slice(mark + 1);
    // Node joins repeated headers with commas; only set-cookie, which no request has, stays a list.
    this.headers = request.headers as Record<string, string>;
    this.#request = request;
  }

  /** Asked for once in a thousand requests. */
  get rawHeaders(): readonly string[] {
    return this.#request.rawHeaders;
  }
}

/** Clients that were told of a proxy name the whole URL (RFC 9112, 3.2.2); what they sign begins at the path. */
const originForm = (url: string): string => (url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?#]*(?=\/)/i, ""));

/** An IPv4 address in its own form, also where the socket speaks IPv6. */
export function sourceIpOf(request: HttpRequest): string {
  const address = request.socket.remoteAddress ?? "";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
