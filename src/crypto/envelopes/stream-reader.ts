import { getSystemErrorName } from "node:util";
import type { Bytes } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import type { KeyHandle } from "../key.js";
import { primitives, type RunReader } from "../primitives.js";
import { streamKeyInput } from "./stream-key.js";

/** The most segments that `read` takes at once. */
export const MOST_RUN_SEGMENTS = 64;

/**
 * Reads a stream from its file and opens it where it was read, in one trip to a thread: the event loop waits neither for
 * the disk nor for the cipher, and nothing is copied. What `SegmentOpener` says of lengths and marks holds here too. The
 * file is opened with the first run, and is the reader's until `end`.
 */
export class StreamReader {
  readonly #runs: RunReader;

  private constructor(runs: RunReader) {
    this.#runs = runs;
  }

  /** Undefined where there is no addon, and for an empty stream: a `SegmentOpener` does it. */
  static of(
    dataKey: KeyHandle,
    owner: Bytes,
    plaintextBytes: number,
    path: string,
    make: typeof primitives.stream = primitives.stream,
  ): StreamReader | undefined {
    if (make === undefined || plaintextBytes === 0) return undefined;
    const { message, headerAt } = streamKeyInput(owner);
    return new StreamReader(make(dataKey, message, headerAt, plaintextBytes, path));
  }

  /**
   * Fills `into` with the plaintext from that segment on: whole segments, or up to the stream's end. One run at a time, and
   * `into` is the reader's until then. Throws BrokenSeal, also for a file of another length, or what the system says of the
   * file; then `into` is wiped.
   */
  async read(firstSegment: number, into: Bytes): Promise<void> {
    const outcome = await this.#runs.read(firstSegment, into);
    if (outcome < 0) throw new BrokenSeal();
    if (outcome > 0) throw systemError(outcome);
  }

  /** Lets go of the file, at once or after the run that is being read. */
  end(): void {
    this.#runs.end();
  }
}

function systemError(errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: a stream could not be read`), { code });
}
