import type { Socket } from "node:net";

/** Longer heads are not for the plain lane. */
export const MOST_PLAIN_HEAD_BYTES = 8 * 1024;

/** A head that says nothing out of the ordinary, so that it can be read in one way only. */
export interface PlainHead {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, each once. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** The client waits to be told before it sends the body. */
  readonly expectsContinue: boolean;
  /** All of the head but its empty line. */
  readonly text: string;
}

/** One request line and headers of visible characters; whatever else HTTP allows, or does not, is not plain. */
const PLAIN = /^(?:GET|HEAD|POST|PUT|DELETE) \/[\x21-\x7e]* HTTP\/1\.1\r\n(?:[A-Za-z0-9-]+:[\t\x20-\x7e]*\r\n)+$/;

/** They frame the message, or change what becomes of the connection. `connection` may say what is true anyway. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** One line of a head that was read: as it was sent, and what it names. */
interface Line {
  /** With its end. */
  text: string;
  /** With its colon, as it was sent. */
  readonly label: string;
  readonly name: string;
}

/**
 * Reads the heads of one connection. A client says nearly the same again and again, so a head of the same lines as the
 * one before is read where it differs, and gives what `parsePlainHead` would.
 */
export class PlainHeads {
  #requestLine = "";
  #lines: Line[] = [];
  #last: PlainHead | undefined;

  read(text: string): PlainHead | undefined {
    const head = this.#readAgain(text);
    if (head !== undefined) return head;
    this.#last = parsePlainHead(text);
    if (this.#last !== undefined) this.#remember(text);
    return this.#last;
  }

  #remember(text: string): void {
    const from = text.indexOf("\r\n") + 2;
    this.#requestLine = text.slice(0, from);
    this.#lines = [];
    for (let at = from; at < text.length; ) {
      const [colon, end] = [text.indexOf(":", at), text.indexOf("\r\n", at) + 2];
      const label = text.slice(at, colon + 1);
      this.#lines.push({ text: text.slice(at, end), label, name: label.slice(0, -1).toLowerCase() });
      at = end;
    }
  }

  /** Undefined when it is not as the one before. What is remembered then is of no use any more. */
  #readAgain(text: string): PlainHead | undefined {
    const last = this.#last;
    if (last === undefined || !isAt(text, 0, this.#requestLine)) return undefined;
    let at = this.#requestLine.length;
    let { headers } = last;
    for (const line of this.#lines) {
      if (!isAt(text, at, line.text)) {
        const value = this.#valueAgain(text, at, line);
        if (value === undefined) return undefined;
        headers = { ...headers, [line.name]: value };
      }
      at += line.text.length;
    }
    if (at !== text.length) return undefined;
    this.#last = headers === last.headers ? last : plainHead(last.method, last.url, headers, text);
    return this.#last;
  }

  /** The new value of a line that was known. */
  #valueAgain(text: string, at: number, line: Line): string | undefined {
    const end = text.indexOf("\r\n", at);
    if (end < 0 || !isAt(text, at, line.label)) return undefined;
    const value = text.slice(at + line.label.length, end);
    if (!VISIBLE.test(value)) return undefined;
    line.text = text.slice(at, end + 2);
    return value.trim();
  }
}

/** Four times as quick as `startsWith`, which compares letter by letter. */
const isAt = (text: string, at: number, part: string): boolean => text.slice(at, at + part.length) === part;

const VISIBLE = /^[\t\x20-\x7e]*$/;

/** Undefined when the head is not plain: then `node:http` must judge it. `text` is one byte a character. */
export function parsePlainHead(text: string): PlainHead | undefined {
  if (!PLAIN.test(text)) return undefined;
  const lineEnd = text.indexOf("\r\n");
  const methodEnd = text.indexOf(" ");
  const headers = parseHeaders(text, lineEnd + 2);
  if (headers === undefined || headers["host"] === undefined) return undefined;
  return plainHead(text.slice(0, methodEnd), text.slice(methodEnd + 1, lineEnd - " HTTP/1.1".length), headers, text);
}

/** What the headers say of the message itself. */
function plainHead(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  text: string,
): PlainHead | undefined {
  const connection = headers["connection"];
  if (connection !== undefined && connection.toLowerCase() !== "keep-alive") return undefined;
  const bodyBytes = plainBodyBytes(headers["content-length"]);
  if (bodyBytes === undefined || (bodyBytes > 0 && method !== "POST" && method !== "PUT")) return undefined;
  const expectsContinue = headers["expect"]?.toLowerCase() === "100-continue";
  if (headers["expect"] !== undefined && (!expectsContinue || bodyBytes === 0)) return undefined;
  return { method, url, headers, bodyBytes, expectsContinue, text };
}

/** Undefined when a name is there twice or asks for more than a plain answer: how they are joined is no plain matter. */
function parseHeaders(text: string, from: number): Record<string, string> | undefined {
  // An ordinary object is quicker to read than one without a prototype; `constructor` alone is there already, and is
  // taken for a second one.
  const headers: Record<string, string> = {};
  for (let at = from; at < text.length; ) {
    const colon = text.indexOf(":", at);
    const end = text.indexOf("\r\n", colon);
    const name = text.slice(at, colon).toLowerCase();
    if (headers[name] !== undefined || NOT_PLAIN.has(name)) return undefined;
    headers[name] = text.slice(colon + 1, end).trim(); // of the white space only blanks and tabs can be there
    at = end + 2;
  }
  return headers;
}

function plainBodyBytes(declared: string | undefined): number | undefined {
  if (declared === undefined) return 0;
  return /^\d{1,12}$/.test(declared) ? Number(declared) : undefined;
}

/** Name, value, name, value, as they were sent. */
export function rawHeadersOf(text: string): string[] {
  const lines = text.split("\r\n").slice(1, -1);
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

/** A request that came whole. What `IncomingMessage` tells as it reads is known here from the start. */
export class PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly socket: Socket;
  readonly whole: Buffer;
  readonly complete = true;
  readonly #text: string;

  constructor({ method, url, headers, text }: PlainHead, whole: Buffer, socket: Socket) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.whole = whole;
    this.socket = socket;
    this.#text = text;
  }

  get destroyed(): boolean {
    return this.socket.destroyed;
  }

  get rawHeaders(): string[] {
    return rawHeadersOf(this.#text);
  }

  async *iterator(_options?: { readonly destroyOnReturn?: boolean }): AsyncGenerator<Buffer> {
    if (this.whole.length > 0) yield this.whole;
  }
}
