import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { needs } from "../base/index.js";
import type { HttpResponse } from "./http.js";

/** What a response needs to know of its connection. */
export interface PlainChannel {
  readonly socket: Socket;
  /** The text of the Date header. */
  date(): string;
  /** How long an idle connection is kept. */
  readonly keepAliveSeconds: number;
  /** All of the response was handed to the socket. */
  ended(isLast: boolean): void;
}

const LAST_CHUNK = Buffer.from("0\r\n\r\n");
/** What a header's value may hold: no line end, so that no value begins a header of its own. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[A-Za-z0-9-]+$/;

/** An answer on the plain lane: head and body go out in one write where both are known at once. */
export class PlainResponse implements HttpResponse {
  readonly #channel: PlainChannel;
  readonly #isForHead: boolean;
  #status = 200;
  #headers: OutgoingHttpHeaders = {};
  #early: OutgoingHttpHeaders | undefined;
  #isChunked = false;
  #isLast = false;
  #isEnded = false;
  headersSent = false;

  constructor(channel: PlainChannel, method: string) {
    this.#channel = channel;
    this.#isForHead = method === "HEAD";
  }

  get destroyed(): boolean {
    return this.#channel.socket.destroyed;
  }

  get writableLength(): number {
    return this.#channel.socket.writableLength;
  }

  setHeader(name: string, value: string): void {
    this.#early = { ...this.#early, [name]: value };
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.#status = status;
    this.#headers = this.#early === undefined ? headers : { ...this.#early, ...headers };
  }

  /** True while the client keeps up. Head and first piece go out in one write, as do a chunk and its frame. */
  write(piece: Uint8Array, done?: () => void): boolean {
    needs(!this.#isEnded, "nothing is written behind the end");
    const { socket } = this.#channel;
    if (this.headersSent && !this.#isChunked && this.#hasBody) return socket.write(piece, done);
    socket.cork();
    if (!this.headersSent) socket.write(this.#head(undefined), "latin1");
    if (this.#hasBody && piece.length > 0) this.#writePiece(piece, done);
    else done?.();
    socket.uncork();
    return !socket.writableNeedDrain;
  }

  #writePiece(piece: Uint8Array, done: (() => void) | undefined): void {
    const { socket } = this.#channel;
    if (this.#isChunked) socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
    socket.write(piece, done);
    if (this.#isChunked) socket.write("\r\n", "latin1");
  }

  end(body?: Uint8Array | string): void {
    needs(!this.#isEnded, "a response ends once");
    if (!this.headersSent && typeof body === "string" && this.#hasBody) this.#sendText(body);
    else if (!this.headersSent) this.#sendWhole(bytesOf(body));
    else {
      const bytes = bytesOf(body);
      if (bytes !== undefined) this.write(bytes);
      if (this.#isChunked) this.#channel.socket.write(LAST_CHUNK);
    }
    this.#isEnded = true;
    this.#channel.ended(this.#isLast);
  }

  destroy(): void {
    this.#channel.socket.destroy();
  }

  writeContinue(): void {
    this.#channel.socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
  }

  on(event: "drain" | "close", run: () => void): this {
    this.#channel.socket.on(event, run);
    return this;
  }

  off(event: "drain" | "close", run: () => void): this {
    this.#channel.socket.off(event, run);
    return this;
  }

  get #hasBody(): boolean {
    return !this.#isForHead && this.#status !== 204 && this.#status !== 304;
  }

  /** Plain letters need no buffer of their own on their way out. */
  #sendText(body: string): void {
    const bodyBytes = Buffer.byteLength(body);
    if (bodyBytes !== body.length || bodyBytes > COPIED_BYTES) this.#sendWhole(Buffer.from(body));
    else this.#channel.socket.write(this.#head(bodyBytes) + body, "latin1");
  }

  #sendWhole(body: Uint8Array | undefined): void {
    const { socket } = this.#channel;
    const sent = this.#hasBody ? (body ?? EMPTY) : EMPTY;
    const head = this.#head(sent.length);
    if (sent.length > COPIED_BYTES) {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(sent);
      socket.uncork();
      return;
    }
    const whole = Buffer.allocUnsafe(head.length + sent.length);
    whole.write(head, 0, "latin1");
    whole.set(sent, head.length);
    socket.write(whole);
  }

  /** `bodyBytes` undefined: the body follows, of the length that the headers say or in chunks. */
  #head(bodyBytes: number | undefined): string {
    const headers = this.#headers;
    const connection = headers["connection"];
    let head = `HTTP/1.1 ${this.#status} ${STATUS_CODES[this.#status] ?? "Unknown"}\r\n`;
    for (const name in headers) head += headerLines(name, headers[name]);
    if (headers["date"] === undefined) head += `Date: ${this.#channel.date()}\r\n`;
    this.#isLast = connection === "close";
    if (connection === undefined) head += "Connection: keep-alive\r\n";
    if (!this.#isLast) head += `Keep-Alive: timeout=${this.#channel.keepAliveSeconds}\r\n`;
    if (headers["content-length"] === undefined && this.#hasBody) head += this.#framing(bodyBytes);
    this.headersSent = true;
    return `${head}\r\n`;
  }

  #framing(bodyBytes: number | undefined): string {
    if (bodyBytes !== undefined) return `Content-Length: ${bodyBytes}\r\n`;
    this.#isChunked = true;
    return "Transfer-Encoding: chunked\r\n";
  }
}

const bytesOf = (body: Uint8Array | string | undefined) => (typeof body === "string" ? Buffer.from(body) : body);

const EMPTY = Buffer.alloc(0);
/** Up to here a copy is cheaper than a second piece to write. */
const COPIED_BYTES = 16 * 1024;

function headerLines(name: string, value: OutgoingHttpHeaders[string]): string {
  if (typeof value === "string") return headerLine(name, value);
  if (value === undefined) return "";
  const values = Array.isArray(value) ? value : [String(value)];
  return values.map((each) => headerLine(name, each)).join("");
}

function headerLine(name: string, value: string): string {
  needs(isName(name) && VALUE.test(value), "a header is one line");
  return `${name}: ${value}\r\n`;
}

const names = new Set<string>();
const MOST_NAMES = 1000;

/** The house says the same few names all day. */
function isName(name: string): boolean {
  if (names.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (names.size < MOST_NAMES) names.add(name);
  return true;
}
