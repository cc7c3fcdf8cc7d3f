import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ResponseParts } from "../wire/index.js";
import type { Exchange } from "./exchange.js";

/** How much of an unwanted body is still read so that the client sees the answer instead of a reset. */
const DRAIN_BYTES = 16 * 1024 * 1024;

export async function send(exchange: Exchange, parts: ResponseParts): Promise<void> {
  const { request, response } = exchange;
  if (!request.complete) response.setHeader("connection", "close");
  response.writeHead(parts.status, parts.headers);
  if (parts.body === null || request.method === "HEAD") response.end();
  else if (parts.body instanceof Uint8Array) response.end(parts.body);
  else await sendStream(response, parts.body);
  if (!request.complete) drain(exchange);
}

/** Writes as fast as the client reads. A failure in the middle cuts the connection: half an answer is no answer. */
async function sendStream(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of body) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  } catch (thrown) {
    response.destroy();
    throw thrown;
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const closed = new AbortController();
  const stop = () => closed.abort();
  response.once("close", stop);
  await once(response, "drain", { signal: closed.signal }).catch(() => {}); // a closed connection is seen by the caller
  response.off("close", stop);
}

function drain({ request }: Exchange): void {
  let left = DRAIN_BYTES;
  request.on("error", () => {});
  request.on("data", (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) request.destroy();
  });
}
