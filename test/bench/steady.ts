import { type Load, type LoadResult, runLoad } from "./load.js";
import { processorSeconds } from "./processor-time.js";

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
  /** What one core would serve if it did nothing else; undefined where the system does not tell. */
  readonly perCoreSecond: number | undefined;
}

/** A load, and the process that serves it. */
export interface Served {
  readonly load: Load;
  readonly pid: number | undefined;
}

/** What each of the loads comes to once its server is warm. */
export async function steadyInTurn(all: readonly Served[], rounds: number): Promise<readonly Steady[]> {
  for (const { load } of all) await warmUp(load, MOST_WARM_SECONDS);
  return inTurn(all, rounds);
}

/** All are measured in short rounds in turn, so that a machine that others slow down for a while slows all of them alike. */
export async function inTurn(all: readonly Served[], rounds: number): Promise<readonly Steady[]> {
  const results: Measured[][] = all.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, served] of all.entries()) results[at]?.push(await measured(served));
  return results.map((each) => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    medianMs: median(each.map(({ medianMs }) => medianMs)),
    p99Ms: median(each.map(({ p99Ms }) => p99Ms)),
    perCoreSecond: median(each.flatMap(({ perCoreSecond }) => perCoreSecond ?? [])) || undefined,
  }));
}

interface Measured extends LoadResult {
  readonly perCoreSecond: number | undefined;
}

async function measured({ load, pid = 0 }: Served): Promise<Measured> {
  const before = processorSeconds(pid);
  const result = await runLoad(load);
  const after = processorSeconds(pid);
  const isTold = before !== undefined && after !== undefined;
  return { ...result, perCoreSecond: isTold ? result.requests / (after - before) : undefined };
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
