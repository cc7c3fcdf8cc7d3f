import { closeSync, fsync, open } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);
const flush = promisify(fsync);

interface Round {
  readonly done: Promise<void>;
}

/**
 * Flushes of folders: whoever asks while one runs shares the next one. A folder stays open once it was flushed, which
 * spares two turns through the thread pool: it is for the few folders of one store, which nobody takes away.
 */
export class FolderSync {
  readonly #open = new Map<string, number>();
  readonly #running = new Map<string, Round>();
  readonly #next = new Map<string, Round>();

  /** Resolves when every entry that the folder has now is on the disk. */
  sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (running === undefined) return this.#start(folder);
    let next = this.#next.get(folder);
    if (next === undefined) {
      next = { done: running.done.then(...both(() => this.#startNext(folder))) };
      this.#next.set(folder, next);
    }
    return next.done;
  }

  #startNext(folder: string): Promise<void> {
    this.#next.delete(folder);
    return this.#start(folder);
  }

  #start(folder: string): Promise<void> {
    const done = this.#flush(folder).finally(() => this.#running.delete(folder));
    this.#running.set(folder, { done });
    return done;
  }

  /** One at a time for each folder. */
  async #flush(folder: string): Promise<void> {
    const file = this.#open.get(folder) ?? (await openFile(folder, "r"));
    this.#open.set(folder, file);
    try {
      await flush(file);
    } catch (thrown) {
      this.#open.delete(folder); // a descriptor tells of a failure once; the next flush begins with another
      closeSync(file);
      throw thrown;
    }
  }
}

/** After the round before ended, well or not. */
const both = (next: () => Promise<void>): [() => Promise<void>, () => Promise<void>] => [next, next];
