import type { Cluster, Worker } from "node:cluster";
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);
/** Loaded where it is first needed: most commands start no process. */
const nodeCluster = () => load("node:cluster") as Cluster; // what is loaded is what the name says

/**
 * What a worker's V8 is told, and how each of these is taken back (`first-act.ts`). Requests leave so much young garbage that a
 * larger nursery halves what is copied; it begins with room for what a start leaves. Buffers count as old at once: below the last bound,
 * in MiB, they are freed with the young, and not by a collection of everything for each few MiB of bodies.
 */
export const FLAGS: ReadonlyMap<string, string> = new Map([
  ["--max-semi-space-size=32", "--max-semi-space-size=0"],
  ["--min-semi-space-size=8", "--min-semi-space-size=0"],
  ["--initial-old-space-size=64", "--initial-old-space-size=0"],
  ...transferFlag(),
]);

/** Node 20 has `ArrayBuffer.prototype.transfer` behind this flag, which later ones do not know any more. See `letGo`. */
function transferFlag(): [string, string][] {
  if ("transfer" in ArrayBuffer.prototype) return [];
  return [["--harmony-rab-gsab-transfer", "--no-harmony-rab-gsab-transfer"]];
}

/** `hidden` names variables that no worker has. */
export function forkWorker(programFile: string, hidden: readonly string[]): Worker {
  const cluster = nodeCluster();
  const execArgv = [...process.execArgv, ...FLAGS.keys()];
  cluster.setupPrimary({ exec: programFile, args: [], silent: false, execArgv });
  // A variable without a value is left out.
  const without = Object.fromEntries(hidden.map((name) => [name, undefined]));
  return cluster.fork({ ...without, STRONGROOM_ROLE: "worker" });
}

/** Who was born before the program was loaded. */
export const bornBefore = (): readonly Worker[] =>
  Object.values(nodeCluster().workers ?? {}).filter((worker) => worker !== undefined);
