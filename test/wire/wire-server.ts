import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsError } from "../../src/base/index.js";
import type { RequestHead, ResponseParts, Routed, Wire } from "../../src/wire/index.js";

export interface Seen {
  readonly routed: Routed;
  readonly input: Record<string, unknown>;
}

/** What the server answers: an output, or an error. */
export type Answer = (seen: Seen) => Record<string, unknown> | AwsError;

export interface WireServer {
  readonly endpoint: string;
  readonly port: number;
  answer: Answer;
  /** What was understood of the last request; undefined when it failed before. */
  last: Seen | undefined;
  lastError: unknown;
  /** What `GET /_last` tells of the last request. */
  report: (seen: Seen) => unknown;
  close(): Promise<void>;
}

/** A server of nothing but the wire: recognise, route, decode, answer, encode. */
export async function startWireServer(wire: Wire): Promise<WireServer> {
  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo; // a TCP server's address
  const server: WireServer = {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    answer: () => ({}),
    last: undefined,
    lastError: undefined,
    report: () => ({}),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/_last" && server.last) {
      response.end(JSON.stringify(server.report(server.last)));
      return;
    }
    const body = Buffer.concat(await request.toArray());
    const parts = answerTo(headOf(request), body);
    response.writeHead(parts.status, parts.headers);
    if (parts.body === null) response.end();
    else if (parts.body instanceof Uint8Array) response.end(parts.body);
    else {
      for await (const piece of parts.body) response.write(piece);
      response.end();
    }
  }

  function answerTo(head: RequestHead, body: Buffer): ResponseParts {
    server.last = undefined;
    const recognised = wire.recognise(head);
    try {
      if (recognised === undefined) throw new AwsError("UnknownService", "no service is known");
      const routed = wire.route(recognised, head, body);
      server.last = { routed, input: wire.decode(routed, head, body) };
      const answer = server.answer(server.last);
      if (answer instanceof AwsError) throw answer;
      return wire.encode(routed, answer, "req-1");
    } catch (thrown) {
      server.lastError = thrown;
      const error = thrown instanceof AwsError ? thrown : new AwsError("Broken", String(thrown), { fault: "server" });
      return wire.encodeError(recognised?.service, error, "req-1", head);
    }
  }
}

export function headOf(request: IncomingMessage): RequestHead {
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  return {
    method: request.method ?? "GET",
    path,
    query: query.join("?"),
    headers: request.headers as Record<string, string>, // no request header of these clients is a list
    rawHeaders: request.rawHeaders,
  };
}

/** The models folder beside the sources, wherever this file was built to. */
export function modelsFolder(): string {
  return `${process.cwd()}/models`;
}
