import type { Worker as ClusterWorker } from "node:cluster";
import { bornBefore, forkWorker } from "./birth.js";
import type { ToSupervisor } from "./messages.js";

/** A worker that was born and may have spoken before its supervisor listens. */
export interface YoungWorker {
  readonly worker: ClusterWorker;
  /** Hears what was said so far, and all that follows. */
  listen(hear: (message: ToSupervisor) => void): void;
}

/**
 * The first worker loads its program for as long as the supervisor loads its own: it is born before the supervisor has
 * taken what opens the root out of its environment. `hidden` names those variables: no worker has them.
 */
export const bearWorker = (programFile: string, hidden: readonly string[] = []): YoungWorker =>
  young(forkWorker(programFile, hidden));

/** Who was born before the program was loaded (`first-act.ts`): asked before anything is waited for, else a word may be lost. */
export const takeBorn = (): YoungWorker[] => bornBefore().map(young);

function young(worker: ClusterWorker): YoungWorker {
  const said: ToSupervisor[] = [];
  let hear = (message: ToSupervisor): void => {
    said.push(message);
  };
  worker.on("message", (message: ToSupervisor) => hear(message));
  return {
    worker,
    listen(hearer) {
      hear = hearer;
      for (const message of said.splice(0)) hearer(message);
    },
  };
}

/** Workers that nobody took up keep a process alive that has nothing to do. */
export function letGo(workers: readonly YoungWorker[]): void {
  for (const { worker } of workers) worker.process.kill("SIGKILL");
}
