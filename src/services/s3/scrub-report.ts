import type { Database } from "../../store/index.js";
import type { ScrubRound } from "./scrub.js";
import type { ScrubPace, ScrubRequest } from "./scrub-worker.js";
import { bucketNameOf, type Damage, putScrub, selectDamages, selectScrub } from "./store/index.js";

const MOST_SHOWN = 1000;

/** What the house's owner is told and may ask about scrubbing; any process of the server may answer. */
export interface ScrubDesk {
  report(): Promise<ScrubReport>;
  /** Begins a round as soon as none runs. Returns false where scrubbing is switched off. */
  request(now: Date): Promise<boolean>;
}

export interface ScrubReport {
  readonly state: "off" | "waiting" | "running";
  readonly bytesPerSecond: number;
  readonly everyHours: number;
  /** Of the round that runs or ran last; null before the first. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly rows: number;
  readonly pieces: number;
  readonly bytes: number;
  readonly unmarked: number;
  readonly damagedTables: readonly string[];
  /** Found by scrubbing or by reading, in any round, and still there. At most a thousand. */
  readonly damages: readonly ReportedDamage[];
}

export interface ReportedDamage {
  /** Null until the round has looked up whose the body is. */
  readonly bucket: string | null;
  readonly key: string | null;
  /** 0 for an object that was not uploaded in parts. */
  readonly part: number;
  readonly damage: string;
  readonly seenAt: string;
  readonly body: string;
}

export function openScrubDesk(database: Database, pace: ScrubPace): ScrubDesk {
  return {
    async request(now) {
      if (pace.bytesPerSecond === 0) return false;
      const request: ScrubRequest = { askedMs: now.getTime() };
      await database.write((tx) => putScrub(tx, "request", request));
      return true;
    },

    report: () =>
      database.read(async (tx) => {
        const round = (await selectScrub(tx, "round")) as ScrubRound | undefined; // written by the worker
        const damages: ReportedDamage[] = [];
        for (const damage of await selectDamages(tx, MOST_SHOWN)) {
          const bucket = damage.object && (await bucketNameOf(tx, damage.object.bucketId));
          damages.push(reported(damage, bucket));
        }
        const isRunning = round !== undefined && round.endedMs === undefined;
        return {
          state: pace.bytesPerSecond === 0 ? "off" : isRunning ? "running" : "waiting",
          ...pace,
          startedAt: timeOf(round?.startedMs),
          endedAt: timeOf(round?.endedMs),
          rows: round?.rows ?? 0,
          pieces: round?.pieces ?? 0,
          bytes: round?.bytes ?? 0,
          unmarked: round?.unmarked ?? 0,
          damagedTables: round?.damagedTables ?? [],
          damages,
        };
      }),
  };
}

const reported = (damage: Damage, bucket: string | undefined): ReportedDamage => ({
  bucket: bucket ?? null,
  key: damage.object?.key ?? null,
  part: damage.part,
  damage: damage.damage,
  seenAt: new Date(damage.seenMs).toISOString(),
  body: damage.bodyId,
});

const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
