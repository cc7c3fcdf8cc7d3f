import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type Clock, nodeHttps } from "../base/index.js";
import { StoreAway, StoreFull, StoreUnwritable } from "./errors.js";

/** A request of S3's protocol, as it is signed. The host is in the headers. */
export interface RemoteSignable {
  readonly method: string;
  /** Absolute, percent-encoded, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Where blobs lie that are not on this machine: any store that speaks S3's protocol. */
export interface RemotePlace {
  readonly endpoint: string;
  readonly bucket: string;
  /** Before every name; empty or ending in a slash. */
  readonly prefix: string;
  /** Signs with Signature Version 4 and gives all headers. The credentials are the signer's. */
  readonly sign: (request: RemoteSignable) => Record<string, string>;
  /** PEM of authorities to trust instead of the public ones. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
}

export interface RemoteRequest {
  readonly method: "GET" | "PUT" | "POST" | "HEAD" | "DELETE";
  /** Of a blob; undefined for the bucket itself. */
  readonly name?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface RemoteAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

const TRIES = 5;
const FIRST_PAUSE_MS = 100;
/** Without a byte in either direction. */
const IDLE_MS = 20_000;
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;
const MOST_SOCKETS = 64;

/** S3's protocol, as much of it as blobs need, with patience: what may be asked again is, a few times. */
export class RemoteStore {
  readonly #place: RemotePlace;
  readonly #agent: Agent; // those of node:https are such, too

  constructor(place: RemotePlace) {
    this.#place = place;
    const options = { keepAlive: true, maxSockets: MOST_SOCKETS };
    this.#agent = place.endpoint.startsWith("https:")
      ? new (nodeHttps().Agent)({ ...options, ...(place.ca === undefined ? {} : { ca: place.ca }) })
      : new Agent(options);
  }

  get prefix(): string {
    return this.#place.prefix;
  }

  /** The whole answer, whatever its status below 500. Throws StoreAway when there is none after all tries. */
  async ask(request: RemoteRequest): Promise<RemoteAnswer> {
    return this.#patiently(
      async () => {
        const response = await this.#send(request);
        const text = await wholeText(response);
        return { status: response.statusCode ?? 0, headers: response.headers, text };
      },
      ({ status }) => status >= 500 || status === 429,
    );
  }

  /** An answer whose body is read as it comes. Its reader asks again for what is left when it breaks off. */
  async stream(request: RemoteRequest): Promise<IncomingMessage> {
    return this.#patiently(
      () => this.#send(request),
      (response) => {
        const isTheirs = (response.statusCode ?? 0) >= 500 || response.statusCode === 429;
        if (isTheirs) response.resume();
        return isTheirs;
      },
    );
  }

  close(): void {
    this.#agent.destroy();
  }

  async #patiently<T>(work: () => Promise<T>, isTheirs: (answer: T) => boolean): Promise<T> {
    let last: unknown;
    for (let tried = 0; tried < TRIES; tried++) {
      if (tried > 0) await this.pause(FIRST_PAUSE_MS * 2 ** tried);
      try {
        const answer = await work();
        if (!isTheirs(answer)) return answer;
        last = new Error("it answers that it cannot");
      } catch (thrown) {
        last = thrown;
      }
    }
    throw new StoreAway("the store of the blobs cannot be reached", { cause: last });
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#place.clock.after(ms, resolve));
  }

  #send({ method, name, query, headers: more, body }: RemoteRequest): Promise<IncomingMessage> {
    const { endpoint, bucket, prefix, sign } = this.#place;
    const key = name === undefined ? "" : `/${prefix}${name}`;
    const path = `/${bucket}${key}${query === undefined ? "" : `?${query}`}`;
    const { host, protocol } = new URL(endpoint);
    const headers = sign({
      method,
      path,
      headers: { host, ...more, ...(body === undefined ? {} : { "content-length": String(body.length) }) },
      body,
    });
    const open = protocol === "https:" ? nodeHttps().request : httpRequest;
    return new Promise((resolve, reject) => {
      const request = open(new URL(path, endpoint), { method, headers, agent: this.#agent }, (response) => {
        response.setTimeout(IDLE_MS, () => response.destroy(new Error("no more bytes in time")));
        resolve(response);
      });
      request.setTimeout(IDLE_MS, () => request.destroy(new Error("no answer in time")));
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** What an answer that is not the wanted one means. Never holds more of it than its code. */
export function remoteFailure({ status, text }: Pick<RemoteAnswer, "status" | "text">): Error {
  const code = /<Code>([A-Za-z0-9.]{1,80})<\/Code>/.exec(text)?.[1] ?? "";
  if (status === 507 || code === "QuotaExceeded") return new StoreFull("the store of the blobs is full");
  return new StoreUnwritable(`the store of the blobs refuses (${code || status})`);
}

export async function wholeText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_ANSWER_BYTES) throw new Error("the answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
