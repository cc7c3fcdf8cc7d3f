import { letGo } from "../base/index.js";
import type { ResponseParts } from "../wire/index.js";
import type { Exchange } from "./exchange.js";
import type { HttpResponse } from "./http.js";

/** How much of an unwanted body is still read so that the client sees the answer instead of a reset. */
const DRAIN_BYTES = 16 * 1024 * 1024;

/** A promise only where the body flows, or the client's own must be taken first. */
export function send(exchange: Exchange, parts: ResponseParts): Promise<void> | undefined {
  const { request, response } = exchange;
  if (request.complete) return sendParts(exchange, parts);
  response.setHeader("connection", "close");
  return takeRest(exchange).then(() => sendParts(exchange, parts));
}

function sendParts({ request, response }: Exchange, parts: ResponseParts): Promise<void> | undefined {
  writeHead(response, parts);
  const { body } = parts;
  if (body === null || request.method === "HEAD") response.end();
  else if (typeof body === "string" || body instanceof Uint8Array) response.end(body);
  else return sendStream(response, body);
  return undefined;
}

/** A head that cannot be written cuts the connection: nobody waits for an answer that will not come. */
function writeHead(response: HttpResponse, { status, headers }: ResponseParts): void {
  try {
    response.writeHead(status, headers["content-disposition"] === undefined ? headers : dispositionFirst(headers));
  } catch (thrown) {
    response.destroy();
    throw thrown;
  }
}

/** Node decodes a disposition that stands behind the length as UTF-8. Ours are bytes as they came, so it goes in front. */
const dispositionFirst = (headers: ResponseParts["headers"]): ResponseParts["headers"] => ({
  "content-disposition": headers["content-disposition"] ?? "",
  ...headers,
});

/** What waits for the client before the body is asked for more. Many pieces at once go out in one system call. */
const WAITING_BYTES = 1024 * 1024;

/** Writes as fast as the client reads; each piece is ours, and let go when it is out. A failure in the middle cuts the connection: half an answer is no answer. */
async function sendStream(response: HttpResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of body) {
      if (response.destroyed) return;
      response.write(piece, () => letGo(piece));
      if (response.writableLength >= WAITING_BYTES) await drained(response);
    }
    response.end();
  } catch (thrown) {
    response.destroy();
    throw thrown;
  }
}

/** A connection that closes ends the wait too; the caller sees it. */
function drained(response: HttpResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

/**
 * Reads what the client is still sending, and forgets it: one that writes into a closed connection sees an error of its
 * own and never the answer. A client that waits for `100 Continue` sends nothing, and a very large body is cut off.
 */
function takeRest({ request, expectsContinue, wasContinued }: Exchange): Promise<void> {
  if ("whole" in request || (expectsContinue && !wasContinued)) return Promise.resolve();
  return new Promise((resolve) => {
    let left = DRAIN_BYTES;
    // Whoever read the body in pieces and stopped still holds it: while it is asked for, nothing flows.
    request.removeAllListeners("readable");
    request.on("data", (piece: Buffer) => {
      left -= piece.length;
      if (left < 0) resolve();
    });
    for (const end of ["end", "error", "close"] as const) request.on(end, () => resolve());
    if (request.destroyed) resolve();
  });
}
