import { AwsError, LIMITS } from "../base/index.js";
import type { Exchange } from "./exchange.js";

/** Reads a body that is answered as a whole. Never holds more than the limit. What came whole is not waited for. */
export function readWhole(exchange: Exchange): Buffer | Promise<Buffer> {
  const { request } = exchange;
  if ("whole" in request) return request.whole;
  const declared = Number(exchange.head.headers["content-length"] ?? 0);
  if (declared > LIMITS.bodyBytes) throw tooLarge();
  allowBody(exchange);
  if (request.destroyed) throw incompleteBody();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let total = 0;
    request.on("data", (piece: Buffer) => {
      total += piece.length;
      if (total > LIMITS.bodyBytes) {
        request.removeAllListeners("data");
        reject(tooLarge());
      } else pieces.push(piece);
    });
    request.on("end", () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
    request.on("error", () => reject(incompleteBody()));
  });
}

/** The client that asked first is told to go on: only now is its body wanted. */
export function allowBody(exchange: Exchange): void {
  if (!exchange.expectsContinue || exchange.wasContinued) return;
  exchange.wasContinued = true;
  exchange.response.writeContinue();
}

const tooLarge = () =>
  new AwsError("RequestEntityTooLargeException", `The request body is larger than ${LIMITS.bodyBytes} bytes.`, {
    status: 413,
  });

export const incompleteBody = () =>
  new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
