import { asBuffer, type Bytes, needs } from "../../base/index.js";
import { EMPTY, gcmOpen } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import type { KeyHandle } from "../key.js";
import { SEALED_SEGMENT_BYTES, sealedSegmentBytes, segmentCount } from "./segment-layout.js";
import { isStreamHeader, segmentNonce, streamKey, streamKeyBytes } from "./stream-key.js";

/**
 * Opens segments of one stream, in any order. `plaintextBytes` is what the stream's row says; a wrong number is
 * found out, because the last segment is marked in its nonce and every segment has the length its place demands.
 */
export class SegmentOpener {
  readonly #key: KeyHandle | Buffer;
  readonly #nonce: Buffer;
  readonly #plaintextBytes: number;
  readonly #lastIndex: number;

  private constructor(key: KeyHandle | Buffer, header: Bytes, plaintextBytes: number) {
    this.#key = key;
    this.#nonce = segmentNonce(header);
    this.#plaintextBytes = plaintextBytes;
    this.#lastIndex = segmentCount(plaintextBytes) - 1;
  }

  /** `header` is the first STREAM_HEADER_BYTES of the stream. Throws BrokenSeal if it cannot be one. */
  static of(dataKey: KeyHandle, owner: Bytes, header: Bytes, plaintextBytes: number): SegmentOpener {
    if (!isStreamHeader(header)) throw new BrokenSeal();
    return new SegmentOpener(streamKey(dataKey, header, owner), header, plaintextBytes);
  }

  /** `openRun` of a stream of which nothing else is read: its key is no handle then, but bytes that are wiped at once. */
  static openOnce(
    dataKey: KeyHandle,
    owner: Bytes,
    header: Bytes,
    plaintextBytes: number,
    firstIndex: number,
    sealed: Bytes,
  ): Buffer[] {
    if (!isStreamHeader(header)) throw new BrokenSeal();
    const key = streamKeyBytes(dataKey, header, owner);
    try {
      return new SegmentOpener(key, header, plaintextBytes).openRun(firstIndex, sealed);
    } finally {
      key.fill(0);
    }
  }

  /** Opens the sealed segment of that index, ciphertext and tag. Throws BrokenSeal. */
  open(index: number, sealed: Bytes): Buffer {
    needs(index >= 0 && index <= this.#lastIndex, "the segment is one of the stream");
    if (sealed.length !== sealedSegmentBytes(index, this.#plaintextBytes)) throw new BrokenSeal();
    this.#nonce.writeUInt32BE(index, 7);
    this.#nonce[11] = index === this.#lastIndex ? 1 : 0;
    return gcmOpen(this.#key, this.#nonce, sealed, EMPTY);
  }

  /** Opens several segments that were read in one piece, from `firstIndex` on; the piece ends where a segment ends. */
  openRun(firstIndex: number, sealed: Bytes): Buffer[] {
    const bytes = asBuffer(sealed);
    const opened: Buffer[] = [];
    for (let at = 0; at < bytes.length || opened.length === 0; at += SEALED_SEGMENT_BYTES) {
      if (firstIndex + opened.length > this.#lastIndex) throw new BrokenSeal();
      opened.push(this.open(firstIndex + opened.length, bytes.subarray(at, at + SEALED_SEGMENT_BYTES)));
    }
    return opened;
  }
}
