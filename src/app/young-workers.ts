import cluster, { type Worker as ClusterWorker } from "node:cluster";
import type { ToSupervisor } from "./messages.js";

/**
 * Requests leave so much young garbage that a larger nursery halves what is copied. Buffers count as old at once: below
 * the second bound, in MiB, they are freed with the young, and not by a collection of everything for each few MiB of bodies.
 */
const WORKER_FLAGS = ["--max-semi-space-size=32", "--initial-old-space-size=64", ...transferFlag()];

/** Node 20 has `ArrayBuffer.prototype.transfer` behind this flag, which later ones do not know any more. See `letGo`. */
function transferFlag(): string[] {
  return "transfer" in ArrayBuffer.prototype ? [] : ["--harmony-rab-gsab-transfer"];
}

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
export function bearWorker(programFile: string, hidden: readonly string[] = []): YoungWorker {
  const execArgv = [...process.execArgv, ...WORKER_FLAGS];
  cluster.setupPrimary({ exec: programFile, args: [], silent: false, execArgv });
  // A variable without a value is left out.
  const without = Object.fromEntries(hidden.map((name) => [name, undefined]));
  const worker = cluster.fork({ ...without, STRONGROOM_ROLE: "worker" });
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
