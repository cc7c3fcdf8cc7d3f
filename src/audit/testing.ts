import { cpSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, ManualClock, silentLog } from "../base/index.js";
import { SealingKey, Secret } from "../crypto/index.js";
import type { SqliteDatabase } from "../store/index.js";
import { openTestSqlite, testFolder } from "../store/testing.js";
import { openAudit, type TrailAudit } from "./audit.js";
import { parseRecord } from "./outbox.js";
import type { TrailRecord } from "./port.js";
import { segmentsOf, slotsIn, walkSegment } from "./segments.js";
import { AUDIT_MIGRATIONS } from "./store.js";

export const testKey = (byte = 3): Secret => Secret.own(Buffer.alloc(32, byte));

const IDENTITY = {
  type: "IAMUser",
  principalId: "AIDAALICEAAAAAAAAAAAA",
  arn: "arn:aws:iam::111122223333:user/alice",
  accountId: "111122223333",
  accessKeyId: "AKIAUSERUSERUSERUSER",
  userName: "alice",
};

const KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** A record as `kms` would make it; each part can be given. */
export function testRecord(eventID: string, parts: Partial<TrailRecord> = {}): TrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: IDENTITY,
    eventTime: "2026-11-21T09:00:00Z",
    eventSource: "kms.amazonaws.com",
    eventName: "GenerateDataKey",
    awsRegion: "us-east-1",
    sourceIPAddress: "127.0.0.1",
    userAgent: "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#20",
    requestParameters: { keyId: KEY_ARN, keySpec: "AES_256", encryptionContext: { "aws:s3:arn": "arn:aws:s3:::b/k" } },
    responseElements: null,
    requestID: "00000000-0000-4000-8000-000000000001",
    eventID,
    readOnly: true,
    resources: [{ accountId: "111122223333", type: "AWS::KMS::Key", ARN: KEY_ARN }],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
    tlsDetails: { tlsVersion: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
    ...parts,
  };
}

/** A trail with its index and one database of state, in a folder of its own. */
export interface TestTrail {
  readonly folder: string;
  readonly audit: TrailAudit;
  readonly state: SqliteDatabase;
  readonly index: SqliteDatabase;
  readonly clock: ManualClock;
  /** Another process's audit, with a slot of its own. */
  open(slot: string): Promise<TrailAudit>;
  /** Closes all that is open; the folder stays. */
  close(): Promise<void>;
}

/** A trail in a folder of its own, which goes when `run` is done. */
export async function withTrail(
  run: (trail: TestTrail) => Promise<void>,
  options: { segmentBytes?: number } = {},
): Promise<void> {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path, options);
  try {
    await run(trail);
  } finally {
    await trail.close();
    folder.remove();
  }
}

/** The same segments beside a folder of their own, whose index is made anew from them. The caller closes it. */
export async function rebuiltTrail(segments: string, options: { segmentBytes?: number } = {}): Promise<TestTrail> {
  const copy = join(segments, "..", "rebuilt");
  cpSync(segments, join(copy, "audit"), { recursive: true });
  const again = await openTestTrail(copy, options);
  again.clock.advance(20 * DAY_MS);
  return again;
}

interface TestOptions {
  readonly segmentBytes?: number;
  /** The index's file. */
  readonly index?: string;
  /** Databases besides the one of state; the caller's. */
  readonly more?: readonly SqliteDatabase[];
}

const STATE_MIGRATIONS = [{ id: 1, sql: "CREATE TABLE things (name TEXT PRIMARY KEY)" }];

export async function openTestTrail(
  folder: string,
  { index: name = "audit.db", more = [], ...options }: TestOptions = {},
): Promise<TestTrail> {
  const clock = new ManualClock("2026-11-21T12:00:00Z");
  const index = await openTestSqlite({ path: join(folder, name), migrations: AUDIT_MIGRATIONS });
  const state = await openTestSqlite({ path: join(folder, "state.db"), migrations: STATE_MIGRATIONS });
  const opened: TrailAudit[] = [];
  const open = async (slot: string) => {
    const audit = await openAudit({
      folder: join(folder, "audit"),
      slot,
      key: testKey(),
      indexDatabase: index,
      databases: [state, ...more],
      clock,
      log: silentLog,
      ...options,
    });
    opened.push(audit);
    return audit;
  };
  const close = async () => {
    for (const audit of opened) await audit.close();
    await state.close();
    await index.close();
  };
  try {
    return { folder, audit: await open("w0"), state, index, clock, open, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Every event id in the trail, in the order of each slot, read from the segments themselves. */
export const idsInTrail = (folder: string) => idsInSlots(join(folder, "audit"));
export const recordsInTrail = (folder: string) => recordsInSlots(join(folder, "audit"));
export const idsInSlots = (trail: string) => recordsInSlots(trail).map((record) => record.eventID);

function recordsInSlots(trail: string): TrailRecord[] {
  const key = SealingKey.of(testKey());
  return slotsIn(trail).flatMap((slot) =>
    segmentsOf(trail, slot).flatMap((segment) =>
      walkSegment(key, trail, { slot, segment }, {})
        .frames.flatMap((frame) => frame.records)
        .map(parseRecord),
    ),
  );
}
