import type { Audit, TrailRecord } from "../audit/index.js";
import { type Clock, SECOND_MS } from "../base/index.js";
import type { RecordKeeper } from "../identity/index.js";

/** How long a record may be kept back: the trail tells of an upload's key before the upload has ended. */
const KEPT_MS = SECOND_MS;

/**
 * Records of the keys that one call uses. They stand in the transaction of what it commits, so that neither is without
 * the other after a crash, and go to the trail with the call's own record, in one flush; or before, when the call takes long.
 */
export class KeptRecords implements RecordKeeper {
  readonly #audit: Pick<Audit, "record">;
  readonly #clock: Clock;
  #kept: TrailRecord[] = [];
  /** Given to the trail before the end. */
  readonly #given: Promise<void>[] = [];
  #cancel: (() => void) | undefined;
  #hasEnded = false;

  constructor(audit: Pick<Audit, "record">, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  keep(records: readonly TrailRecord[]): boolean {
    if (this.#hasEnded) return false;
    this.#kept.push(...records);
    this.#cancel ??= this.#clock.after(KEPT_MS, () => this.#give());
    return true;
  }

  /** What must stand in the transaction of a commit. Whatever is not among it is on the disk. */
  forCommit(): readonly TrailRecord[] | Promise<readonly TrailRecord[]> {
    return this.#given.length === 0 ? this.#kept : Promise.all(this.#given).then(() => this.#kept);
  }

  /** What must go to the trail beside the call's own record, likewise. Nothing is kept any more. */
  forEnd(): readonly TrailRecord[] | Promise<readonly TrailRecord[]> {
    this.#hasEnded = true;
    this.#cancel?.();
    return this.#given.length === 0 ? this.#kept.splice(0) : Promise.all(this.#given).then(() => this.#kept.splice(0));
  }

  #give(): void {
    this.#cancel = undefined;
    for (const record of this.#kept.splice(0)) {
      // What the trail refused, on a full disk for one, goes with the next commit or the end, which tells of a failure.
      this.#given.push(this.#audit.record(record).catch(() => void this.#kept.push(record)));
    }
  }
}
