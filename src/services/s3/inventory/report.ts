import { utf8 } from "../../../base/index.js";
import { isKms, type ObjectEncryption } from "../encryption.js";
import { canonicalUserId } from "../names.js";
import type { Bucket, InventoryRow } from "../store/index.js";
import { destinationOf, type Inventory } from "./configuration.js";

/** Fields in the order in which a report has them, whatever the order in which they were asked for. */
const FIELDS: readonly (readonly [name: string, value: (row: InventoryRow, bucket: Bucket) => string | number])[] = [
  ["Size", ({ object }) => object.bytes],
  ["LastModifiedDate", ({ object }) => new Date(object.modifiedMs).toISOString()],
  ["ETag", ({ object }) => object.etag],
  ["StorageClass", ({ object }) => object.headers.storageClass],
  ["IsMultipartUploaded", ({ object }) => String(object.parts > 0)],
  ["ReplicationStatus", ({ object }) => object.headers.replication ?? ""],
  ["EncryptionStatus", ({ object }) => ENCRYPTION[object.encryption.mode]],
  [
    "ObjectLockRetainUntilDate",
    ({ object: { lock } }) => (lock?.untilMs === undefined ? "" : new Date(lock.untilMs).toISOString()),
  ],
  ["ObjectLockMode", ({ object: { lock } }) => lock?.mode ?? ""],
  ["ObjectLockLegalHoldStatus", ({ object: { lock } }) => lock?.legalHold ?? ""],
  [
    "IntelligentTieringAccessTier",
    ({ object }) => (object.headers.storageClass === "INTELLIGENT_TIERING" ? "FREQUENT" : ""),
  ],
  ["BucketKeyStatus", ({ object }) => bucketKeyStatus(object.encryption)],
  ["ChecksumAlgorithm", ({ object }) => object.checksum.algorithm],
  ["ObjectOwner", (_row, bucket) => canonicalUserId(bucket.account)],
];

const ENCRYPTION: Readonly<Record<ObjectEncryption["mode"], string>> = {
  AES256: "SSE-S3",
  "aws:kms": "SSE-KMS",
  "aws:kms:dsse": "DSSE-KMS",
  "SSE-C": "SSE-C",
  none: "NOT-SSE",
};

const bucketKeyStatus = (encryption: ObjectEncryption): string =>
  isKms(encryption) && encryption.mode === "aws:kms" ? (encryption.bucketKey ? "ENABLED" : "DISABLED") : "";

const MARKER_FIELDS = new Set(["LastModifiedDate", "ObjectOwner"]);

const fieldsOf = ({ OptionalFields: wanted = [] }: Inventory) =>
  FIELDS.filter(([name]) => (wanted as readonly string[]).includes(name));

const hasVersions = ({ IncludedObjectVersions: included }: Inventory): boolean => included === "All";

/** The manifest's `fileSchema`. */
export const schemaOf = (inventory: Inventory): string =>
  [
    "Bucket",
    "Key",
    ...(hasVersions(inventory) ? ["VersionId", "IsLatest", "IsDeleteMarker"] : []),
    ...fieldsOf(inventory).map(([name]) => name),
  ].join(", ");

/** One line each; keys are encoded as in URLs, and every value stands in quotes. */
export function csvOf(bucket: Bucket, inventory: Inventory, rows: readonly InventoryRow[]): Buffer {
  const fields = fieldsOf(inventory);
  const lines = rows.map((row) => {
    const { object, isMarker, isLatest } = row;
    const values = [
      bucket.name,
      encodeURIComponent(object.key).replace(/%2F/g, "/"),
      ...(hasVersions(inventory) ? [object.versionId === "null" ? "" : object.versionId, isLatest, isMarker] : []),
      ...fields.map(([name, value]) => (isMarker && !MARKER_FIELDS.has(name) ? "" : value(row, bucket))),
    ];
    return `${values.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(",")}\n`;
  });
  return Buffer.from(lines.join(""));
}

export interface ReportFile {
  readonly key: string;
  readonly size: number;
  readonly MD5checksum: string;
}

export const rootOf = (bucket: Bucket, inventory: Inventory): string => {
  const { Prefix: prefix = "" } = inventory.Destination?.S3BucketDestination ?? {};
  return `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}${bucket.name}/${inventory.Id}/`;
};

export const manifestOf = (
  bucket: Bucket,
  inventory: Inventory,
  startedMs: number,
  files: readonly ReportFile[],
): Uint8Array =>
  utf8(
    JSON.stringify(
      {
        sourceBucket: bucket.name,
        destinationBucket: `arn:aws:s3:::${destinationOf(inventory)}`,
        version: "2016-11-30",
        creationTimestamp: String(startedMs),
        fileFormat: "CSV",
        fileSchema: schemaOf(inventory),
        files,
      },
      undefined,
      2,
    ),
  );
