import type { TLSSocket } from "node:tls";
import { LIMITS } from "../base/index.js";
import { type HttpRequest, type HttpResponse, headOf, sourceIpOf } from "../gateway/index.js";
import type { ProxyAnswer, ProxyRequest } from "../services/xks-proxy/index.js";

/** One HTTP request to the proxy's own port: read whole, within bounds, and answered in JSON. */
export async function answerAtXksDoor(
  request: HttpRequest,
  response: HttpResponse,
  answer: (request: ProxyRequest) => Promise<ProxyAnswer>,
): Promise<void> {
  // Signatures keep nobody from reading along: without TLS there is no answer at all.
  if ((request.socket as Partial<TLSSocket>).encrypted !== true) return void request.socket.destroy();
  if (request.method !== "POST") return send(response, { status: 405, body: METHOD_NOT_ALLOWED }, { allow: "POST" });
  const body = await readBody(request);
  if (body === undefined) return send(response, { status: 400, body: TOO_LONG }, { connection: "close" });
  send(response, await answer({ head: headOf(request), body, sourceIp: sourceIpOf(request) }));
}

const METHOD_NOT_ALLOWED = { errorName: "UnsupportedOperationException", errorMessage: "Only POST is understood." };
const TOO_LONG = { errorName: "ValidationException", errorMessage: "The body is too long." };

/** Undefined when it is too long. */
async function readBody(request: HttpRequest): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let total = 0;
  // The connection is still needed to say that it was too much.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > LIMITS.xksBodyBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function send(response: HttpResponse, { status, body }: ProxyAnswer, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  response.end(bytes);
}
