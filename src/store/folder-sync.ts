import { close, fsync, open } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);
const closeFile = promisify(close);
const flush = promisify(fsync);

interface Round {
  readonly done: Promise<void>;
}

/** Flushes of folders: whoever asks while one runs shares the next one. */
export class FolderSync {
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
    const done = syncFolder(folder).finally(() => this.#running.delete(folder));
    this.#running.set(folder, { done });
    return done;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const file = await openFile(folder, "r");
  try {
    await flush(file);
  } finally {
    await closeFile(file);
  }
}

/** After the round before ended, well or not. */
const both = (next: () => Promise<void>): [() => Promise<void>, () => Promise<void>] => [next, next];
