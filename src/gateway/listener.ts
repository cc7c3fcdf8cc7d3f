import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { LIMITS } from "../base/index.js";

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export type OnRequest = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

/** TLS records of a handshake start with this byte; no HTTP method does. */
const TLS_HANDSHAKE = 0x16;

const SETTINGS = {
  maxHeaderSize: LIMITS.headerBytes,
  headersTimeout: LIMITS.headersTimeoutMs,
  /** Uploads may take hours; what bounds them is that they keep moving. */
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
  noDelay: true,
  insecureHTTPParser: false,
};

/** What Node's parser complains of before there is a request that could be answered in its protocol's words. */
const STATUS_OF: ReadonlyMap<string, string> = new Map([
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
]);

const GOODBYE = "Content-Length: 0\r\nConnection: close\r\n\r\n";

export interface Listener {
  listen(port: number, host: string): Promise<number>;
  /** Takes no new connection, lets running answers end, then closes. */
  close(): Promise<void>;
}

/** HTTP, and with `tls` HTTPS on the same port: the first byte of a connection tells them apart. */
export function openListener(onRequest: OnRequest, tls?: Tls): Listener {
  const http = prepared(createHttpServer(SETTINGS), onRequest);
  if (tls === undefined) return listenerOf(http, [http]);
  const https = prepared(
    createHttpsServer({ ...SETTINGS, cert: tls.cert, key: tls.key, minVersion: "TLSv1.2" }),
    onRequest,
  );
  const door = createNetServer({ noDelay: true, pauseOnConnect: false }, (socket) =>
    sortConnection(socket, http, https),
  );
  return listenerOf(door, [http, https]);
}

function prepared<S extends Server>(server: S, onRequest: OnRequest): S {
  server.on("request", (request, response) => onRequest(request, response, false));
  server.on("checkContinue", (request, response) => onRequest(request, response, true));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable) socket.write(`HTTP/1.1 ${STATUS_OF.get(error.code ?? "") ?? "400 Bad Request"}\r\n${GOODBYE}`);
    socket.destroySoon();
  });
  server.setTimeout(LIMITS.requestIdleMs * 5);
  return server;
}

function sortConnection(socket: Socket, http: Server, https: NetServer): void {
  socket.setTimeout(LIMITS.headersTimeoutMs, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.once("readable", () => {
    const first: Buffer | null = socket.read();
    if (first === null) return void socket.destroy();
    socket.unshift(first);
    socket.setTimeout(0);
    (first[0] === TLS_HANDSHAKE ? https : http).emit("connection", socket);
  });
}

function listenerOf(door: NetServer, servers: readonly Server[]): Listener {
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        door.once("error", reject);
        door.listen(port, host, () => {
          const address = door.address();
          resolve(typeof address === "object" && address !== null ? address.port : port);
        });
      }),
    close: async () => {
      const closed = new Promise<void>((resolve) => door.close(() => resolve()));
      for (const server of servers) server.closeIdleConnections();
      await closed;
    },
  };
}
