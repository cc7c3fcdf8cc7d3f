import type { Answered } from "../kit/index.js";
import { type Exchange, tlsSocketOf } from "./exchange.js";

/** What a service that keeps a log of its own is told when an exchange is over. */
export function answeredOf(exchange: Exchange, nowMs: number): Answered {
  const { head, routed, answer, time } = exchange;
  const { error } = answer ?? {};
  return {
    operation: routed?.operation.name,
    input: exchange.input,
    labels: routed?.labels ?? {},
    notes: exchange.notes,
    caller: exchange.caller,
    signatureVersion: exchange.signatureVersion,
    requestId: exchange.requestId,
    time,
    sourceIp: exchange.sourceIp,
    method: head.method,
    url: head.query === "" ? head.path : `${head.path}?${head.query}`,
    headers: head.headers,
    get tls() {
      if (!exchange.secure) return undefined;
      const socket = tlsSocketOf(exchange);
      return { version: socket.getProtocol() ?? "", cipher: socket.getCipher()?.name ?? "" };
    },
    status: answer?.parts.status ?? 0,
    errorCode: error?.code,
    answerHeaders: answer?.parts.headers ?? {},
    isWhole: answer !== undefined && !exchange.wasCut,
    turnAroundMs: Math.max(0, (answer?.atMs ?? nowMs) - time.getTime()),
    totalMs: Math.max(0, nowMs - time.getTime()),
  };
}
