import type { Socket } from "node:net";
import { type Field, FrameBatch } from "./frames.js";

/**
 * Writes frames to a socket: all that two turns of the event loop add goes out in one write. Each write wakes the other
 * process, on a busy machine at the cost of this one's place; under load a second turn brings as much as the first.
 */
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
    setImmediate(() => setImmediate(() => this.#flush()));
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    for (const bytes of this.#batch.take()) {
      this.#socket.write(bytes, () => this.#batch.reuse(bytes));
    }
  }
}
