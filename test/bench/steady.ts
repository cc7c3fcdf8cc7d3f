import { type Load, type LoadResult, runLoad } from "./load.js";

/** V8 goes on compiling what runs once a turn of the loop, and not once a request, for tens of thousands of requests. */
const WARM_REQUESTS = 100_000;
const WINDOW_SECONDS = 1;

/** Nobody waits longer for a peer that is slow. */
const MOST_WARM_SECONDS = 20;

export interface Steady {
  /** Medians over the rounds. */
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * What each of the loads comes to once its server is warm: all are measured in short rounds in turn, so that a machine
 * that others slow down for a while slows all of them alike.
 */
export async function steadyInTurn(loads: readonly Load[], rounds: number): Promise<readonly Steady[]> {
  for (const load of loads) await warmUp(load, MOST_WARM_SECONDS);
  const results: LoadResult[][] = loads.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, load] of loads.entries()) results[at]?.push(await runLoad(load));
  return results.map((each) => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    medianMs: median(each.map(({ medianMs }) => medianMs)),
    p99Ms: median(each.map(({ p99Ms }) => p99Ms)),
  }));
}

/** A server that has been used for a while is what people have. */
export async function warmUp(load: Load, mostSeconds: number): Promise<void> {
  let [requests, seconds] = [0, 0];
  while (requests < WARM_REQUESTS && seconds < mostSeconds) {
    requests += (await runLoad({ ...load, seconds: WINDOW_SECONDS })).requests;
    seconds += WINDOW_SECONDS;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
