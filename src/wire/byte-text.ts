import { utf8 } from "../base/index.js";

/** So long that a stretch costs no more than its bytes, and so short that it is still in the processor's cache. */
const STRETCH_LENGTH = 16_384;

/**
 * Text that becomes bytes while it is written. Hundreds of thousands of characters added up first and encoded at the end
 * take twice as long.
 */
export class ByteText {
  readonly #pieces: Buffer[] = [];
  #text = "";

  /** Half a surrogate pair, alone at an end, is one for itself: `text` ends where a character does. */
  add(text: string): void {
    this.#text += text;
    if (this.#text.length < STRETCH_LENGTH) return;
    this.#pieces.push(utf8(this.#text));
    this.#text = "";
  }

  bytes(): Buffer {
    const rest = utf8(this.#text);
    return this.#pieces.length === 0 ? rest : Buffer.concat([...this.#pieces, rest]);
  }
}
