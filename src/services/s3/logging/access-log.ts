import { type Clock, describeThrown, LIMITS, type Log, SECOND_MS } from "../../../base/index.js";
import type { Answered, AuditNotes } from "../../../kit/index.js";
import type { Database } from "../../../store/index.js";
import { type Bucket, insertAccessLines, type NewAccessLine } from "../store/index.js";
import { LOGGING } from "./configuration.js";
import { logLine } from "./line.js";

const FLUSH_MS = SECOND_MS;

interface Ports {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The lines of requests that this process answered, on their way into the database: once a second, all together, so
 * that a log costs no request a flush. A process that is killed loses at most that second, as S3's own log may.
 */
export class AccessLog {
  readonly #ports: Ports;
  /** Which bucket a request in hand was about, where it is logged. */
  readonly #buckets = new WeakMap<AuditNotes, Bucket>();
  #lines: NewAccessLine[] = [];
  #lost = 0;
  #flushing: Promise<void> = Promise.resolve();
  #isDue = false;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Costs one look at a map where the bucket is not logged. */
  note(notes: AuditNotes, bucket: Bucket): void {
    if (bucket.settings.has(LOGGING)) this.#buckets.set(notes, bucket);
  }

  /** `find` is asked only for requests that were refused before their bucket was looked up. */
  answered(told: Answered, find: (name: string) => Promise<Bucket | undefined>): void {
    const bucket = this.#buckets.get(told.notes);
    if (bucket !== undefined) {
      this.#add(bucket, told);
      return;
    }
    const { Bucket: name } = told.labels;
    if (told.status !== 403 || name === undefined) return;
    const { tls } = told; // the connection may be gone by then
    const late = async () => {
      const found = await find(name);
      if (found?.settings.has(LOGGING)) this.#add(found, { ...told, tls });
    };
    void late().catch((thrown) => this.#ports.log.warn("s3.access-log", describeThrown(thrown)));
  }

  /** Resolves when all that was told is on the disk. */
  async close(): Promise<void> {
    await this.#flush();
  }

  #add(bucket: Bucket, told: Answered): void {
    if (this.#lines.length >= LIMITS.s3AccessLines) {
      this.#lost += 1;
      return;
    }
    this.#lines.push({ bucketId: bucket.id, timeMs: told.time.getTime(), line: logLine(bucket, told) });
    if (this.#isDue) return;
    this.#isDue = true;
    this.#ports.clock.after(FLUSH_MS, () => void this.#flush());
  }

  #flush(): Promise<void> {
    this.#isDue = false;
    const lines = this.#lines;
    const lost = this.#lost;
    this.#lines = [];
    this.#lost = 0;
    this.#flushing = this.#flushing.then(() => this.#write(lines, lost));
    return this.#flushing;
  }

  async #write(lines: readonly NewAccessLine[], lost: number): Promise<void> {
    const { database, log } = this.#ports;
    if (lost > 0) log.error("s3.access-lines-lost", { lines: lost });
    if (lines.length === 0) return;
    await database
      .write((tx) => insertAccessLines(tx, lines))
      .catch((thrown) => log.error("s3.access-lines-lost", { lines: lines.length, ...describeThrown(thrown) }));
  }
}
