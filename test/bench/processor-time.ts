import { readdirSync, readFileSync } from "node:fs";

/**
 * Seconds of processor time that a process and all that descend from it have taken, in all threads that live; undefined
 * where the system does not tell. Unlike a rate it does not swing with the load generator, nor with who else has the machine.
 */
export function processorSeconds(pid: number): number | undefined {
  try {
    return tree(pid).reduce((sum, each) => sum + threadsNanoseconds(each), 0) / 1e9;
  } catch {
    return undefined;
  }
}

function tree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(tree)];
}

/** The first number of the scheduler's three is the time on a processor. */
function threadsNanoseconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"), 10),
    0,
  );
}
