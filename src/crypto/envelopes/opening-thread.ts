import { Worker } from "node:worker_threads";
import { asBuffer, type Bytes } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import type { KeyHandle } from "../key.js";
import type { FromOpener, ToOpener } from "./opening-messages.js";
import { isStreamHeader, streamKey } from "./stream-key.js";

interface Waiting {
  readonly give: (segments: Buffer[]) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Opens runs of segments on a thread of its own, so that the event loop sends one run while the next is being opened.
 * The thread starts with the first run, keeps no process alive, and a new one is started should it end.
 */
export class OpeningThread {
  readonly #program: URL;
  #thread: Worker | undefined;
  #lastStream = 0;
  #streams = 0;
  #lastRun = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** `program` calls `serveOpening`. */
  constructor(program: URL) {
    this.#program = program;
  }

  /** True while it works for nobody: a second stream is opened at less cost where it is sent. */
  get isIdle(): boolean {
    return this.#streams === 0;
  }

  /** What `SegmentOpener` is for one stream. `close`, once, makes the thread forget the stream's key. */
  opener(dataKey: KeyHandle, owner: Bytes, header: Bytes, plaintextBytes: number): AsideOpener {
    if (!isStreamHeader(header)) throw new BrokenSeal();
    this.#lastStream += 1;
    const stream = this.#lastStream;
    this.#streams += 1;
    const thread = this.#started();
    thread.postMessage({
      kind: "stream",
      stream,
      key: streamKey(dataKey, header, owner),
      header: Uint8Array.from(header),
      plaintextBytes,
    } satisfies ToOpener);
    return {
      openRun: (firstSegment, sealed) => this.#open(thread, stream, firstSegment, sealed),
      close: () => {
        this.#streams -= 1;
        thread.postMessage({ kind: "end", stream } satisfies ToOpener);
      },
    };
  }

  /** Ends the thread; runs under way fail. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#lose(thread);
    await thread.terminate();
  }

  #open(thread: Worker, stream: number, firstSegment: number, sealed: SharedBytes): Promise<Buffer[]> {
    return new Promise((give, fail) => {
      if (thread !== this.#thread) return fail(new Error("the thread that opens segments has ended"));
      this.#lastRun += 1;
      this.#waiting.set(this.#lastRun, { give, fail });
      if (this.#waiting.size === 1) thread.ref();
      thread.postMessage({ kind: "run", stream, run: this.#lastRun, firstSegment, sealed } satisfies ToOpener);
    });
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(this.#program);
    thread.unref();
    thread.on("message", (message: FromOpener) => this.#settle(thread, message));
    thread.on("error", () => {}); // `exit` follows and says it all
    thread.on("exit", () => this.#lose(thread));
    this.#thread = thread;
    return thread;
  }

  #settle(thread: Worker, message: FromOpener): void {
    const waiting = this.#waiting.get(message.run);
    this.#waiting.delete(message.run);
    if (this.#waiting.size === 0) thread.unref();
    if (message.segments === undefined) waiting?.fail(new BrokenSeal());
    else waiting?.give(message.segments.map(asBuffer));
  }

  #lose(thread: Worker): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    for (const { fail } of this.#waiting.values()) fail(new Error("the thread that opens segments has ended"));
    this.#waiting.clear();
  }
}

/** Sealed bytes in shared memory: the thread reads them where they are. */
export type SharedBytes = Uint8Array<SharedArrayBuffer>;

export interface AsideOpener {
  /** The bytes stay the caller's, and unchanged until the promise settles. Throws BrokenSeal. */
  openRun(firstSegment: number, sealed: SharedBytes): Promise<Buffer[]>;
  close(): void;
}
