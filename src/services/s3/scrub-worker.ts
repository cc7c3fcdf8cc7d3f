import { HOUR_MS, SECOND_MS } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import type { S3Ports } from "./ports.js";
import { newRound, type ScrubRound, scrub } from "./scrub.js";
import { forgetOldDamages, putScrub, selectScrub } from "./store/index.js";

/** How fast stored bytes are read to see whether they are what was written, and how often all of them. */
export interface ScrubPace {
  /** 0: never. */
  readonly bytesPerSecond: number;
  readonly everyHours: number;
}

export const NO_SCRUB: ScrubPace = { bytesPerSecond: 0, everyHours: 0 };

/** What somebody who wants a round at once leaves for the worker, which may be in another process. */
export interface ScrubRequest {
  readonly askedMs: number;
}

/** How much may be left to do twice after a crash. */
const SAVE_BYTES = 64 * 1024 * 1024;

/**
 * Goes through everything that is stored, a second's share a second, and begins anew when the pace or somebody asks
 * for it. Safe to kill: a round goes on from the last place that was saved.
 */
export function scrubWorkers(ports: S3Ports, pace: ScrubPace): Worker[] {
  if (pace.bytesPerSecond === 0) return [];
  const scrubber = new Scrubber(ports, pace);
  return [{ name: "s3.scrub", everyMs: SECOND_MS, run: (now) => scrubber.run(now) }];
}

class Scrubber {
  readonly #ports: S3Ports;
  readonly #pace: ScrubPace;
  #round: ScrubRound | undefined;
  #steps: AsyncGenerator<number, void> | undefined;
  #nowMs = 0;
  /** Bytes that this second may still read; less than none after a step that was larger. */
  #allowed = 0;
  #unsavedBytes = 0;

  constructor(ports: S3Ports, pace: ScrubPace) {
    this.#ports = ports;
    this.#pace = pace;
  }

  async run(now: Date): Promise<void> {
    this.#nowMs = now.getTime();
    this.#round ??= await this.#due();
    if (this.#round === undefined) return;
    this.#allowed = Math.min(this.#allowed, 0) + this.#pace.bytesPerSecond;
    this.#steps ??= scrub(this.#ports, this.#round, () => this.#nowMs);
    try {
      await this.#go(this.#round, this.#steps);
    } catch (thrown) {
      this.#steps = undefined; // the next run goes on behind the last row that is done
      throw thrown;
    }
  }

  async #go(round: ScrubRound, steps: AsyncGenerator<number, void>): Promise<void> {
    while (this.#allowed > 0) {
      const step = await steps.next();
      if (step.done) return this.#end(round);
      this.#allowed -= step.value;
      this.#unsavedBytes += step.value;
    }
    if (this.#unsavedBytes >= SAVE_BYTES) await this.#save(round);
  }

  async #end(round: ScrubRound): Promise<void> {
    round.endedMs = this.#nowMs;
    await this.#ports.database.write((tx) => forgetOldDamages(tx));
    await this.#save(round);
    const { rows, pieces, bytes, unmarked, damaged } = round;
    this.#ports.log.info("s3.scrubbed", { rows, pieces, bytes, unmarked, damaged });
    [this.#round, this.#steps] = [undefined, undefined];
  }

  async #save(round: ScrubRound): Promise<void> {
    this.#unsavedBytes = 0;
    await this.#ports.database.write((tx) => putScrub(tx, "round", round));
  }

  /** The round that was broken off, or a new one if it is time. */
  async #due(): Promise<ScrubRound | undefined> {
    const { last, asked } = await this.#ports.database.read(async (tx) => ({
      last: (await selectScrub(tx, "round")) as ScrubRound | undefined, // written by #save
      asked: (await selectScrub(tx, "request")) as ScrubRequest | undefined, // written by requestScrub
    }));
    if (last !== undefined && last.endedMs === undefined) return last;
    const isAsked = asked !== undefined && asked.askedMs > (last?.startedMs ?? 0);
    const isTime = this.#nowMs - (last?.startedMs ?? 0) >= this.#pace.everyHours * HOUR_MS;
    if (!isAsked && !isTime) return undefined;
    const round = newRound(this.#nowMs);
    await this.#save(round);
    return round;
  }
}
