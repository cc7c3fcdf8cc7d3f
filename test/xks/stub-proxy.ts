import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { type ExternalKey, HEALTH, KEY_APIS, newExternalKey, type Outcome, refusal } from "./external-keys.js";
import { type Authorization, type Credential, findAuthorization, signatureOf, XKS_SERVICE } from "./sigv4.js";

// An external key store proxy as anyone could write it from the published API, knowing nothing of this server.

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: string;
  readonly cipher: string;
  /** metadata, encrypt, decrypt, health; the path's last word. */
  readonly api: string;
  readonly externalKeyId: string;
  readonly authorization: Authorization | undefined;
  /** As it came. */
  readonly text: string;
  /** As it was read; an empty object when it is none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly requestMetadata: Readonly<Record<string, unknown>>;
  readonly status: number;
}

/** What goes out instead of the honest answer. */
export type Reply =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    }
  /** After so many milliseconds. */
  | { readonly kind: "late"; readonly ms: number; readonly status: number; readonly body: string }
  /** The head and half of the body, then nothing any more. */
  | { readonly kind: "stall"; readonly status: number; readonly body: string }
  /** The head promises `body`, and the connection ends after so many bytes of it; before any when undefined. */
  | { readonly kind: "cut"; readonly after?: number; readonly status: number; readonly body: string };

export type Fault = (honest: Outcome, request: Omit<Recorded, "status">) => Reply | Outcome;

export interface StubStore {
  readonly uriPath: string;
  /** Two at once while they are exchanged. */
  readonly credentials: Credential[];
  readonly keys: Map<string, ExternalKey>;
}

export interface StubProxy {
  readonly port: number;
  readonly requests: Recorded[];
  addStore(uriPath: string, credential: Credential, keyIds: readonly string[]): StubStore;
  /** Every request to this API is answered by the fault until it is taken away. */
  setFault(api: string, fault: Fault | undefined): void;
  /** What was asked while this ran. */
  during(run: () => Promise<unknown>): Promise<Recorded[]>;
  close(): Promise<void>;
}

const SKEW_MS = 5 * 60_000;

export async function startStubProxy(options: ServerOptions, port = 0): Promise<StubProxy> {
  const stores: StubStore[] = [];
  const faults = new Map<string, Fault>();
  const requests: Recorded[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer(options, (request, response) => {
    readRequest(request).then(
      (read) => {
        const honest = answerTo(stores, read);
        const reply = faults.get(read.api)?.(honest, read) ?? honest;
        requests.push({ ...read, status: reply.status });
        send(
          response,
          "kind" in reply ? reply : { kind: "answer", status: reply.status, body: JSON.stringify(reply.body) },
        );
      },
      () => request.destroy(),
    );
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {}); // a client that does not like the certificate or the ciphers
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    // A server that listens on TCP has an address of this form.
    port: (server.address() as AddressInfo).port,
    requests,
    addStore(uriPath, credential, keyIds) {
      const keys = new Map(keyIds.map((id) => [id, newExternalKey()]));
      const store: StubStore = { uriPath, credentials: [credential], keys };
      stores.push(store);
      return store;
    },
    setFault: (api, fault) => void (fault === undefined ? faults.delete(api) : faults.set(api, fault)),
    async during(run) {
      const before = requests.length;
      await run();
      return requests.slice(before);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<Omit<Recorded, "status">> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  const path = request.url ?? "";
  const body = parsed(text);
  const socket = request.socket;
  return {
    method: request.method ?? "",
    path,
    httpVersion: request.httpVersion,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    tls: socket instanceof TLSSocket ? (socket.getProtocol() ?? "none") : "none",
    cipher: socket instanceof TLSSocket ? socket.getCipher().name : "none",
    api: path.split("/").at(-1) ?? "",
    externalKeyId: path.split("/").at(-2) ?? "",
    authorization: findAuthorization(request.headers.authorization),
    text,
    body,
    requestMetadata: objectOr(body["requestMetadata"], {}),
  };
}

const objectOr = (value: unknown, otherwise: Record<string, unknown>): Record<string, unknown> =>
  // Any object but an array can be read by its names.
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : otherwise;

function parsed(text: string): Record<string, unknown> {
  try {
    return objectOr(JSON.parse(text), {});
  } catch {
    return {};
  }
}

/** In the order in which a careful proxy looks: where, what method, who, then what. */
function answerTo(stores: readonly StubStore[], request: Omit<Recorded, "status">): Outcome {
  const store = stores.find(({ uriPath }) => request.path.startsWith(`${uriPath}/`));
  if (store === undefined) return refusal(404, "InvalidUriPathException");
  if (request.method !== "POST") return { status: 405, body: {} };
  if (!isAuthentic(store, request)) return refusal(401, "AuthenticationFailedException");
  const rest = request.path.slice(store.uriPath.length);
  if (rest === "/health") return { status: 200, body: HEALTH };
  const [, keyId, api] = rest.match(/^\/keys\/([A-Za-z0-9_.-]+)\/(metadata|encrypt|decrypt)$/) ?? [];
  const run = KEY_APIS[api ?? ""];
  if (run === undefined) return refusal(404, "InvalidUriPathException");
  const key = store.keys.get(keyId ?? "");
  return key === undefined ? refusal(404, "KeyNotFoundException") : run(key, request.body);
}

function isAuthentic(store: StubStore, request: Omit<Recorded, "status">): boolean {
  const { authorization: given, headers } = request;
  const credential = store.credentials.find(({ accessKeyId }) => accessKeyId === given?.accessKeyId);
  if (given === undefined || credential === undefined || given.service !== XKS_SERVICE) return false;
  if (!["host", "x-amz-date"].every((name) => given.signedHeaders.includes(name))) return false;
  const date = headers["x-amz-date"] ?? "";
  const moment = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - moment) <= SKEW_MS) || !date.startsWith(given.day)) return false;
  const signable = { method: request.method, path: request.path, headers, body: request.text };
  const good = signatureOf(signable, given.signedHeaders, given, credential.secret);
  return timingSafeEqual(Buffer.from(good), Buffer.from(given.signature));
}

function send(response: ServerResponse, reply: Reply): void {
  const { status, body } = reply;
  const head = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  if (reply.kind === "answer") response.writeHead(status, { ...head, ...reply.headers }).end(body);
  else if (reply.kind === "late") setTimeout(() => response.writeHead(status, head).end(body), reply.ms).unref();
  else if (reply.kind === "stall") response.writeHead(status, head).write(body.slice(0, body.length / 2));
  else if (reply.after === undefined) response.destroy();
  else response.writeHead(status, head).write(body.slice(0, reply.after), () => response.destroy());
}
