import { asBuffer } from "../base/index.js";

const NEW_LINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Lines and counted bytes from a stream of pieces, copying only where a wanted part spans two of them. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #onEnd: () => Error;
  #piece: Buffer = NOTHING;
  #at = 0;

  /** `onEnd` makes what is thrown when the stream ends inside a wanted part. */
  constructor(source: AsyncIterable<Uint8Array>, onEnd: () => Error) {
    this.#source = source[Symbol.asyncIterator]();
    this.#onEnd = onEnd;
  }

  /** Up to the next new line, without it; undefined when there is none within `most` bytes. */
  async line(most: number): Promise<string | undefined> {
    let text = "";
    for (;;) {
      const end = this.#piece.indexOf(NEW_LINE, this.#at);
      const stop = end < 0 ? this.#piece.length : end;
      if (text.length + stop - this.#at >= most) return undefined;
      text += this.#piece.toString("latin1", this.#at, stop);
      this.#at = end < 0 ? stop : stop + 1;
      if (end >= 0) return text;
      await this.#more();
    }
  }

  /** Exactly `count` bytes in pieces as they come. A piece that has its memory for itself is the caller's to let go. */
  async *pieces(count: number): AsyncGenerator<Buffer, void> {
    let left = count;
    while (left > 0) {
      if (this.#at === this.#piece.length) await this.#more();
      const piece = this.#piece.subarray(this.#at, this.#at + left);
      this.#at += piece.length;
      left -= piece.length;
      if (this.#at === this.#piece.length) [this.#piece, this.#at] = [NOTHING, 0];
      yield piece;
    }
  }

  /** Exactly `count` bytes together. */
  async bytes(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(count)) pieces.push(piece);
    return pieces.length === 1 ? (pieces[0] ?? NOTHING) : Buffer.concat(pieces, count);
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#at === this.#piece.length) {
      const { done, value } = await this.#source.next();
      if (done) return true;
      this.#piece = asBuffer(value);
      this.#at = 0;
    }
    return false;
  }

  async #more(): Promise<void> {
    if (await this.isAtEnd()) throw this.#onEnd();
  }
}
