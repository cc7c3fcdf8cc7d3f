import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FlushedMark } from "../../src/audit/flushed-mark.js";
import {
  firstPosition,
  NO_HASH,
  type Position,
  SEGMENT_BYTES,
  sealFrame,
  segmentHeader,
  segmentPath,
} from "../../src/audit/frame.js";
import type { TrailRecord } from "../../src/audit/index.js";
import type { SealingKey } from "../../src/crypto/index.js";

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
const DAY_SECONDS = 24 * 3600;
/** Within what look-ups show, so that none of the events may be left out. */
const DAYS = 80;
/** Records that a busy server flushes together. */
const TOGETHER = 16;
const [PEOPLE, KEYS] = [400, 1000];
const CALLS = [
  ["kms.amazonaws.com", "Decrypt", true],
  ["kms.amazonaws.com", "GenerateDataKey", true],
  ["kms.amazonaws.com", "Encrypt", true],
  ["kms.amazonaws.com", "CreateGrant", false],
  ["s3.amazonaws.com", "PutBucketPolicy", false],
  ["iam.amazonaws.com", "CreateUser", false],
  ["sts.amazonaws.com", "AssumeRole", true],
] as const;

/** The event of that number of `count`: as long as a KMS record is, spread evenly over the days before `now`. */
export function eventOf(index: number, count: number, nowMs: number): TrailRecord {
  const [eventSource, eventName, readOnly] = CALLS[(index * 31) % CALLS.length] ?? CALLS[0];
  const [person, key] = [(index * 17) % PEOPLE, (index * 101) % KEYS];
  const age = Math.floor(((count - index) / count) * DAYS * DAY_SECONDS);
  const ARN = keyArn(key);
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: `AIDA${String(person).padStart(17, "0")}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${userName(person)}`,
      accountId: ACCOUNT,
      accessKeyId: accessKeyId(person),
      userName: userName(person),
    },
    eventTime: `${new Date(nowMs - age * 1000).toISOString().slice(0, 19)}Z`,
    eventSource,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: "127.0.0.1",
    userAgent: "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#20",
    requestParameters: {
      keyId: ARN,
      encryptionAlgorithm: "SYMMETRIC_DEFAULT",
      encryptionContext: { "aws:s3:arn": `arn:aws:s3:::bucket-${key % 20}/object-${index}` },
    },
    responseElements: null,
    requestID: uuidOf(`request ${index}`),
    eventID: eventId(index),
    readOnly,
    resources: [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN }],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: "Management",
    tlsDetails: { tlsVersion: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
  };
}

export const userName = (person: number) => `user-${person}`;
export const accessKeyId = (person: number) => `AKIA${String(person).padStart(16, "0")}`;
export const keyArn = (key: number) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuidOf(`key ${key}`)}`;
export const eventId = (index: number) => uuidOf(`event ${index}`);

/** Every name's own, without order and incompressible, as real ids are. */
function uuidOf(name: string): string {
  const digits = createHash("sha256").update(name).digest("hex");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join("-");
}

/** One slot's segments as a server would leave them, without a flush for each group. Gives the trail's bytes. */
export function fillSegments(folder: string, slot: string, key: SealingKey, count: number, nowMs: number): number {
  mkdirSync(join(folder, slot), { recursive: true });
  let at = begin(folder, slot, 1, NO_HASH);
  let file = openSync(segmentPath(folder, { slot, segment: 1 }), "a");
  let bytes = 0;
  for (let index = 0; index < count; index += TOGETHER) {
    if (at.offset >= SEGMENT_BYTES) {
      closeSync(file);
      bytes += at.offset;
      at = begin(folder, slot, at.segment + 1, at.hash);
      file = openSync(segmentPath(folder, { slot, segment: at.segment }), "a");
    }
    const group = Array.from({ length: Math.min(TOGETHER, count - index) }, (_, nth) =>
      JSON.stringify(eventOf(index + nth, count, nowMs)),
    );
    const { frame, next } = sealFrame(key, { slot, segment: at.segment }, at, group.join("\n"));
    writeSync(file, frame);
    at = next;
  }
  closeSync(file);
  const mark = new FlushedMark(join(folder, slot));
  mark.write(at);
  mark.close();
  return bytes + at.offset;
}

function begin(folder: string, slot: string, segment: number, before: Buffer): Position {
  const header = segmentHeader(segment, before);
  writeFileSync(segmentPath(folder, { slot, segment }), header);
  return firstPosition(segment, header);
}
