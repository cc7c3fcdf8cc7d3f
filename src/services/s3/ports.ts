import { type AccountId, type Clock, type Ids, type Log, Lru } from "../../base/index.js";
import type { KeyHandle } from "../../crypto/index.js";
import { type AnyOperation, type InnerCalls, operationsOf } from "../../kit/index.js";
import type { Keys, OwnedKeys } from "../../kms/index.js";
import type { NamedPolicy } from "../../policy/index.js";
import type { Blobs, Database } from "../../store/index.js";
import type { BucketKeys } from "./bucket-keys.js";
import type { AccessLog } from "./logging/access-log.js";
import type { RootCode } from "./mfa-delete.js";
import type { EventDestinations } from "./notifications/destinations.js";
import type { PieceFormat } from "./piece-format.js";
import type { Bucket, StoredObject } from "./store/index.js";

/** What S3 stands on; made once by `openS3`. */
export interface S3Ports {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly keys: Keys;
  readonly bucketKeys: BucketKeys;
  readonly ownedKeys: OwnedKeys;
  readonly destinations: EventDestinations;
  /** Marks what lies in blobs, so that it can be checked without the keys that open it. */
  readonly markKey: KeyHandle;
  readonly inner: InnerCalls;
  /** An operation of S3 itself, to be performed by `inner`. */
  readonly own: (name: string) => AnyOperation;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly format: PieceFormat;
  readonly rules: S3Rules;
  readonly pace: S3Pace;
  readonly caches: S3Caches;
  /** Whether the code is good for the device of that account's root; one that was is used up. */
  spendRootCode(account: AccountId, code: RootCode, now: Date): Promise<boolean>;
  /** The accounts of the house: to them alone a list can give something. */
  accounts(): Promise<readonly AccountId[]>;
}

/** What an operator may choose. */
export interface S3Rules {
  /** AWS since April 2026: a new bucket refuses SSE-C writes. */
  readonly newBucketsBlockSseC: boolean;
  /** AWS refuses SSE-KMS over plain HTTP; a house on loopback may allow it. */
  readonly kmsNeedsTls: boolean;
  /** The same for SSE-C, whose requests carry a key. */
  readonly customerKeysNeedTls: boolean;
  /** `none`: as before 2023, a bucket that nobody configured leaves its objects unencrypted, as far as S3 speaks of it. */
  readonly defaultEncryption: "AES256" | "none";
  /** How long a restore from an archive takes, whatever its tier; undefined: as long as in AWS. */
  readonly restoreMs?: number | undefined;
}

/** How often S3 does by itself what AWS does when it finds the time. */
export interface S3Pace {
  /** Between two deliveries of access logs. */
  readonly accessLogSeconds: number;
  /** Between two looks at whether a report is due. */
  readonly inventorySeconds: number;
}

export const S3_PACE: S3Pace = { accessLogSeconds: 300, inventorySeconds: 300 };

/** Views of the database, valid for one `Database.version()`, and policies by their text. */
export interface S3Caches {
  version: number;
  readonly buckets: Lru<string, Bucket>;
  /** Current objects, by bucket id and key. */
  readonly objects: Lru<string, StoredObject>;
  readonly policies: Lru<string, NamedPolicy>;
}

export const emptyCaches = (): S3Caches => ({
  version: -1,
  buckets: new Lru(1000),
  objects: new Lru(1000),
  policies: new Lru(1000),
});

/** The caches, as old as the last change of the database and never older. */
export function freshCaches({ caches, database }: Pick<S3Ports, "caches" | "database">): S3Caches {
  const version = database.version();
  if (caches.version === version) return caches;
  caches.buckets.clear();
  caches.objects.clear();
  caches.version = version;
  return caches;
}

/** The `operation` function of S3, typed by the official client. */
export const operation = operationsOf<typeof import("@aws-sdk/client-s3"), S3Ports>();
