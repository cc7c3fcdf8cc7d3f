import { type Bytes, needs } from "../../base/index.js";
import { EMPTY, gcmSealInto, TAG_BYTES } from "../aead.js";
import type { KeyHandle } from "../key.js";
import { SEGMENT_BYTES } from "./segment-layout.js";
import { newStreamHeader, segmentNonce, streamKey } from "./stream-key.js";

/**
 * Seals a plaintext of any length as it comes, in constant memory. Give chunks of any size to `push`, write the
 * buffers that come back in their order (`writev` takes them as they are), then write what `end` gives.
 * `owner` names what the stream belongs to; without the same bytes it does not open. One instance, one stream.
 */
export class SegmentSealer {
  readonly #key: KeyHandle;
  readonly #nonce: Buffer;
  #out: Buffer[];
  /** The last bytes seen wait here until it is known whether they end the stream. */
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  #index = 0;
  #plaintextBytes = 0;
  #isEnded = false;

  constructor(dataKey: KeyHandle, owner: Bytes) {
    const header = newStreamHeader();
    this.#key = streamKey(dataKey, header, owner);
    this.#nonce = segmentNonce(header);
    this.#out = [header];
  }

  get plaintextBytes(): number {
    return this.#plaintextBytes;
  }

  push(chunk: Bytes): Buffer[] {
    needs(!this.#isEnded, "a stream ends once");
    this.#plaintextBytes += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      if (this.#heldBytes === SEGMENT_BYTES) this.#sealHeld(false);
      at += this.#sealOrHold(chunk, at);
    }
    return this.#take();
  }

  /** Seals what is left as the last segment. */
  end(): Buffer[] {
    needs(!this.#isEnded, "a stream ends once");
    this.#isEnded = true;
    this.#sealHeld(true);
    this.#held.fill(0);
    return this.#take();
  }

  /** Whole segments that are surely not the last go straight from the chunk; the rest waits. */
  #sealOrHold(chunk: Bytes, at: number): number {
    const left = chunk.length - at;
    if (this.#heldBytes === 0 && left > SEGMENT_BYTES) {
      this.#seal(chunk.subarray(at, at + SEGMENT_BYTES), false);
      return SEGMENT_BYTES;
    }
    if (this.#held.length === 0) this.#held = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
    const taken = Math.min(SEGMENT_BYTES - this.#heldBytes, left);
    this.#held.set(chunk.subarray(at, at + taken), this.#heldBytes);
    this.#heldBytes += taken;
    return taken;
  }

  #sealHeld(isLast: boolean): void {
    this.#seal(this.#held.subarray(0, this.#heldBytes), isLast);
    this.#heldBytes = 0;
  }

  #seal(plaintext: Bytes, isLast: boolean): void {
    needs(this.#index < 2 ** 32, "a stream has at most 2³² segments");
    this.#nonce.writeUInt32BE(this.#index, 7);
    this.#nonce[11] = isLast ? 1 : 0;
    const sealed = Buffer.allocUnsafeSlow(plaintext.length + TAG_BYTES);
    gcmSealInto(this.#key, this.#nonce, plaintext, EMPTY, sealed, 0);
    this.#out.push(sealed);
    this.#index += 1;
  }

  #take(): Buffer[] {
    const taken = this.#out;
    this.#out = [];
    return taken;
  }
}
