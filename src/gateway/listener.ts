import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { type Clock, LIMITS, nodeHttps, SECOND_MS } from "../base/index.js";
import type { OnRequest } from "./http.js";
import { KEEP_ALIVE_MS, PlainConnection, type PlainLane, PlainTurn } from "./plain-connection.js";

export interface Tls {
  readonly cert: string;
  readonly key: string;
  /** OpenSSL's list of suites, where a protocol asks for certain ones; else Node's. */
  readonly ciphers?: string;
}

/** How often connections of the plain lane are looked after. */
const ROUND_MS = 5 * SECOND_MS;

/** TLS records of a handshake start with this byte; no HTTP method does. */
const TLS_HANDSHAKE = 0x16;

const SETTINGS = {
  maxHeaderSize: LIMITS.headerBytes,
  headersTimeout: LIMITS.headersTimeoutMs,
  /** Uploads may take hours; what bounds them is that they keep moving. */
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
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

/**
 * HTTP, and with `tls` HTTPS on the same port: the first byte of a connection tells them apart. HTTP begins on the
 * plain lane and goes over to `node:http` when it is not plain.
 */
export function openListener(onRequest: OnRequest, clock: Clock, tls?: Tls): Listener {
  const http = prepared(createHttpServer(SETTINGS), onRequest);
  const https = tls && prepared(nodeHttps().createServer({ ...SETTINGS, ...tls, minVersion: "TLSv1.2" }), onRequest);
  const lane: PlainLane = {
    date: dateOf(clock),
    connections: new Set(),
    turn: new PlainTurn(onRequest),
    handOver(socket, bytes, isFirst) {
      if (https !== undefined && isFirst && bytes[0] === TLS_HANDSHAKE) giveAway(https, socket, bytes);
      else giveAway(http, socket, bytes).resume();
    },
  };
  // A client may end its side and still wait for the answer.
  const options = { noDelay: true, allowHalfOpen: true, pauseOnConnect: true };
  const door = createNetServer(options, (socket) => new PlainConnection(socket, lane));
  return listenerOf(door, https === undefined ? [http] : [http, https], lane, clock);
}

/** The returned function ends it. */
function lookAfter({ connections }: PlainLane, clock: Clock): () => void {
  const round = (): void => {
    for (const connection of connections) connection.grewOlder(ROUND_MS);
    cancel = clock.after(ROUND_MS, round);
  };
  let cancel = clock.after(ROUND_MS, round);
  return () => cancel();
}

/** The same text for each answer of a second. */
function dateOf(clock: Clock): () => string {
  let second = Number.NaN;
  let text = "";
  return () => {
    const now = Math.floor(clock.nowMs() / SECOND_MS);
    if (now !== second) [second, text] = [now, clock.now().toUTCString()];
    return text;
  };
}

/** The socket stands still while it changes hands, so that nothing is read before its new owner listens. */
function giveAway(server: NetServer, socket: Socket, bytes: Buffer): Socket {
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
  server.emit("connection", socket);
  return socket;
}

function prepared<S extends Server>(server: S, onRequest: OnRequest): S {
  server.on("request", (request, response) => onRequest(request, response, false));
  server.on("checkContinue", (request, response) => onRequest(request, response, true));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable) socket.write(`HTTP/1.1 ${STATUS_OF.get(error.code ?? "") ?? "400 Bad Request"}\r\n${GOODBYE}`);
    socket.destroySoon();
  });
  server.setTimeout(LIMITS.requestIdleMs * 5);
  // It never listens itself, and Node keeps no list of the connections of a server that does not: without the list, no
  // slow head is cut off and no idle connection closed. The event is all that it waits for.
  server.emit("listening");
  return server;
}

function listenerOf(door: NetServer, servers: readonly Server[], lane: PlainLane, clock: Clock): Listener {
  const leave = lookAfter(lane, clock);
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
      for (const connection of lane.connections) connection.close();
      for (const server of servers) server.closeIdleConnections();
      await closed;
      leave();
    },
  };
}
