import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { PlainUpload } from "./plain-body.js";
import type { PlainRequest } from "./plain-request.js";

/** A request that came whole over the plain lane, one whose body flows over it, or one that `node:http` reads as it comes. */
export type HttpRequest = PlainRequest | PlainUpload | IncomingMessage;

/** What the house asks of a response, whichever lane it goes out by: the part of `ServerResponse` that it uses. */
export interface HttpResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  /** Bytes that wait for the client. */
  readonly writableLength: number;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  /** `done` is called when nobody reads the piece any more. */
  write(piece: Uint8Array, done?: () => void): boolean;
  end(body?: Uint8Array | string): unknown;
  /** Half an answer is no answer: cuts the connection. */
  destroy(): unknown;
  writeContinue(): void;
  on(event: "drain" | "close", run: () => void): HttpResponse;
  off(event: "drain" | "close", run: () => void): HttpResponse;
}

export type OnRequest = (request: HttpRequest, response: HttpResponse, expectsContinue: boolean) => void;
