import { request } from "node:http";
import { connect } from "node:net";
import { type Signable, signRequest } from "../../src/identity/index.js";
import type { Server } from "./server.js";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RawRequest extends Partial<Signable> {
  /** Added after signing: what somebody on the way did, or what a signature does not cover. */
  readonly unsigned?: Readonly<Record<string, string>>;
  /** What is sent instead of the body that was signed. */
  readonly sentBody?: string | Buffer;
}

/** A request of any form, signed by the root user for KMS unless told otherwise. No client would refuse to send it. */
export function sendRaw(server: Server, given: RawRequest): Promise<Answer> {
  const { unsigned, sentBody, ...signable } = given;
  const headers = signRequest({
    method: "POST",
    path: "/",
    body: "",
    region: "us-east-1",
    service: "kms",
    credentials: server.credentials,
    date: new Date(),
    ...signable,
    headers: { host: `127.0.0.1:${server.port}`, ...signable.headers },
  });
  const body = sentBody ?? signable.body ?? "";
  return sendPlain(server, signable.method ?? "POST", signable.path ?? "/", { ...headers, ...unsigned }, body);
}

/** A request with exactly these headers, and a length where none is told. */
export function sendPlain(
  server: Server,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = "content-length" in headers ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { host: "127.0.0.1", port: server.port, method, path, headers: { ...length, ...headers } };
    const sent = request({ ...options, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Bytes on a connection of their own; what came back until the server closed it. `end` closes our side first. */
export function sendBytes(server: Server, bytes: string | Uint8Array, { end = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect(server.port, "127.0.0.1", () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", () => {}); // a connection that was cut is an answer too
    socket.on("close", () => resolve(Buffer.concat(pieces).toString()));
  });
}

/** The error's code in whichever words a protocol says it. */
export function codeIn({ text }: Answer): string {
  const code = text.match(/<Code>([^<]*)<\/Code>/)?.[1] ?? text.match(/"__type":"([^"]*)"/)?.[1] ?? "none";
  return code.split("#").at(-1) ?? code;
}

export const messageIn = ({ text }: Answer): string =>
  text.match(/<Message>([^<]*)<\/Message>/)?.[1] ?? text.match(/"[mM]essage":"((?:[^"\\]|\\.)*)"/)?.[1] ?? "none";
