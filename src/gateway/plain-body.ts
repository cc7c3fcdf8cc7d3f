import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { type PlainHead, rawHeadersOf } from "./plain-request.js";

/** Longer bodies are not waited for: their request begins with its head. */
export const MOST_AWAITED_BYTES = 64 * 1024;
/** What is gathered before it is given: a whole number of the segments that bodies are sealed in. */
const PIECE_BYTES = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * A plain request whose body flows: in few large pieces, each its taker's own, however many small ones it came in. Nothing
 * more is read from the connection while a piece waits to be taken.
 */
export class PlainUpload extends Readable {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly socket: Socket;
  complete = false;
  readonly #text: string;
  /** Bytes of the body that have not come yet. */
  #left: number;
  #piece = NOTHING;
  #filled = 0;

  constructor({ method, url, headers, text, bodyBytes }: PlainHead, socket: Socket) {
    super({ highWaterMark: PIECE_BYTES, autoDestroy: false });
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.socket = socket;
    this.#text = text;
    this.#left = bodyBytes;
    this.on("error", () => {}); // whoever reads is told; nobody may be reading
  }

  get rawHeaders(): string[] {
    return rawHeadersOf(this.#text);
  }

  /** Where the next bytes of the body, and no others, may be read to without a copy; undefined when none are wanted. */
  get room(): Buffer | undefined {
    if (this.complete || this.destroyed) return undefined;
    this.#begin();
    return this.#piece.subarray(this.#filled);
  }

  /** Copies what belongs to the body, unless it was read into its room, and gives back what follows it. */
  receive(bytes: Buffer): Buffer {
    let at = 0;
    while (at < bytes.length && this.#left > 0) at += this.#gather(bytes, at);
    return bytes.subarray(at);
  }

  /** No more comes: a body that is not whole by now is an error. */
  cut(): void {
    if (!this.complete) this.destroy(new Error("the connection ended in the middle of a body"));
  }

  override _read(): void {
    if (!this.complete && this.socket.isPaused()) this.socket.resume();
  }

  #gather(bytes: Buffer, at: number): number {
    this.#begin();
    const isThere = bytes.buffer === this.#piece.buffer;
    const taken = isThere ? bytes.length : bytes.copy(this.#piece, this.#filled, at);
    this.#filled += taken;
    if (this.#filled === this.#piece.length) this.#give();
    return taken;
  }

  #begin(): void {
    if (this.#piece.length === 0) this.#piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, this.#left));
  }

  #give(): void {
    const piece = this.#piece;
    [this.#piece, this.#filled] = [NOTHING, 0];
    this.#left -= piece.length;
    this.complete = this.#left === 0;
    if (this.destroyed) return; // nobody wants it any more
    const wantsMore = this.push(piece);
    if (this.complete) this.push(null);
    else if (!wantsMore) this.socket.pause();
  }
}
