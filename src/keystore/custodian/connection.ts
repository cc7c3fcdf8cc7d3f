import type { Socket } from "node:net";
import { type Field, FrameBatch } from "./frames.js";

/** Writes frames to a socket: all that one turn of the event loop adds goes out in one write. */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #batch = new FrameBatch();
  #isFlushPlanned = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  add(id: number, code: number, fields: readonly Field[]): void {
    this.#batch.add(id, code, fields);
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    for (const bytes of this.#batch.take()) {
      this.#socket.write(bytes, () => this.#batch.reuse(bytes));
    }
  }
}
