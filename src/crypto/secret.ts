import { needs } from "../base/index.js";

/**
 * Key bytes on their way. They are lent to a function and wiped when their owner is done; they never turn into
 * text, JSON or a log line by accident.
 */
export class Secret {
  #bytes: Buffer | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes the bytes over: the caller must not keep or use them any more. */
  static own(bytes: Uint8Array): Secret {
    return new Secret(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Lends the bytes. The function must not keep them. */
  use<T>(work: (bytes: Buffer) => T): T {
    needs(this.#bytes !== undefined, "a wiped secret is not used");
    return work(this.#bytes);
  }

  /** Overwrites the bytes. Wiping twice is harmless. */
  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
