import type { Audit, TrailSource } from "../../audit/index.js";
import type { Clock, Ids, Lease, LeaseRequest, Log } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import { operationsOf } from "../../kit/index.js";
import type { Keys, SigningKeys } from "../../kms/index.js";
import type { Database } from "../../store/index.js";

/** CloudTrail as a principal, on behalf of one trail. */
export interface Actor {
  readonly account: string;
  readonly region: string;
  /** The trail: what policies of buckets and keys ask for. */
  readonly sourceArn: string;
}

export interface DeliveredObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly kmsKeyId?: string | undefined;
}

/** How CloudTrail reaches buckets: as a service that S3 authorizes by the bucket's policy, like anybody. */
export interface TrailBuckets {
  /** A call of CloudTrail's own, in its name. */
  call(actor: Actor, region: string): Promise<CallContext>;
  /** Throws S3's own error unless the bucket lets CloudTrail read its ACL and write below that key. Gives its Region. */
  check(actor: Actor, bucket: string, key: string): Promise<string>;
  /** Throws S3's own error. The same object again changes nothing. */
  put(actor: Actor, object: DeliveredObject): Promise<void>;
}

export interface CloudTrailSettings {
  readonly deliverySeconds: number;
  readonly digestSeconds: number;
  /** Calls of LookupEvents a second, account and Region; 0: as many as come. */
  readonly lookupPerSecond: number;
}

/** What CloudTrail's operations stand on. The records themselves are the gateway's and the services' to write. */
export interface CloudTrailPorts {
  readonly audit: Pick<Audit, "lookup"> & TrailSource;
  /** Opened with `CLOUDTRAIL_MIGRATIONS`. */
  readonly database: Database;
  readonly buckets: TrailBuckets;
  readonly keys: Keys;
  readonly signing: SigningKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: CloudTrailSettings;
  readonly askLease: (request: LeaseRequest) => Promise<Lease>;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-cloudtrail"), CloudTrailPorts>();
