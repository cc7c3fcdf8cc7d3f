import type { Page } from "../base/index.js";
import type { Database, WriteTx } from "../store/index.js";

/** A CloudTrail record (cloudtrail section 3, kms section 13). Written as it stands, in this order. */
export interface TrailRecord {
  readonly eventVersion: "1.11";
  readonly userIdentity: Readonly<Record<string, unknown>>;
  /** ISO-8601, whole seconds, UTC. */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID?: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly TrailResource[];
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
  readonly eventType: "AwsApiCall" | "AwsServiceEvent";
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly eventCategory: "Management" | "Data";
  readonly tlsDetails?: Readonly<Record<string, unknown>>;
}

export interface TrailResource {
  readonly accountId?: string;
  readonly type: string;
  readonly ARN: string;
}

export type LookupAttribute =
  | "EventId"
  | "EventName"
  | "ReadOnly"
  | "Username"
  | "ResourceType"
  | "ResourceName"
  | "EventSource"
  | "AccessKeyId";

export interface Lookup {
  readonly account: string;
  readonly region: string;
  readonly attribute?: { readonly key: LookupAttribute; readonly value: string };
  readonly from?: Date;
  readonly to?: Date;
  readonly limit: number;
  /** `next` of the page before. Throws InvalidNextToken (an Error with that name) for any other text. */
  readonly next?: string;
}

/** A place between two frames of one slot's log: plain values, so that whoever reads on can keep it. */
export interface TrailPlace {
  readonly slot: string;
  readonly segment: number;
  readonly offset: number;
  readonly frame: number;
  /** Lower-case hex. */
  readonly hash: string;
}

export interface TrailSlice {
  readonly records: readonly TrailRecord[];
  readonly places: readonly TrailPlace[];
  /** All that was flushed has been read. */
  readonly isThrough: boolean;
}

/** Every record of every process, for who copies the trail elsewhere. */
export interface TrailSource {
  /** A place that is not after the end of what is recorded now. */
  places(): Promise<readonly TrailPlace[]>;
  /** What was flushed after these places, `mostRecords` or a few more, each slot in its order. */
  readOn(places: readonly TrailPlace[], mostRecords: number): Promise<TrailSlice>;
}

/** The trail: durable, sealed, hash-chained, one segment log a process, indexed afterwards. */
export interface Audit {
  /**
   * Resolves when the record is on the disk. Records of the same tick share a flush. `beside`: records of what the call
   * did on its way, as uses of keys; they are written before it, and all of them are on the disk then.
   */
  record(record: TrailRecord, beside?: readonly TrailRecord[]): Promise<void>;
  /**
   * Runs the unit and keeps `first` in the same transaction. After a crash a first record whose `record` never
   * came (same eventID) is written to the trail as it stands. So are those `beside` it that are not there; none of them
   * was given to the trail yet.
   */
  commit<T>(
    database: Database,
    first: TrailRecord,
    unit: (tx: WriteTx) => Promise<T>,
    beside?: readonly TrailRecord[],
  ): Promise<T>;
  /** Management events, newest first; sees everything whose `record` resolved, in every process. */
  lookup(lookup: Lookup): Promise<Page<TrailRecord>>;
  close(): Promise<void>;
}
