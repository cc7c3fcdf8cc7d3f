import type { InputOf } from "../../../kit/index.js";
import { isKms, type ObjectEncryption } from "../encryption.js";
import { successor } from "../listing.js";
import { isEligible } from "../replication/queue.js";
import type { Bucket, KeyRange, StoredObject } from "../store/index.js";

type Generator = NonNullable<
  InputOf<typeof import("@aws-sdk/client-s3-control"), "CreateJob">["ManifestGenerator"]
>["S3JobManifestGenerator"];

/** As CreateJob took it: what it says is well formed. */
export type ManifestFilter = NonNullable<NonNullable<Generator>["Filter"]>;

/** Every member that is given must hold; of a member's several values one. */
export function matches(filter: ManifestFilter, bucket: Bucket, object: StoredObject): boolean {
  const { headers, bytes, modifiedMs, key } = object;
  const { CreatedAfter: after, CreatedBefore: before, KeyNameConstraint: names } = filter;
  return (
    (after === undefined || modifiedMs > after.getTime()) &&
    (before === undefined || modifiedMs < before.getTime()) &&
    (filter.ObjectSizeGreaterThanBytes === undefined || bytes > filter.ObjectSizeGreaterThanBytes) &&
    (filter.ObjectSizeLessThanBytes === undefined || bytes < filter.ObjectSizeLessThanBytes) &&
    anyOf(names?.MatchAnyPrefix, (prefix) => key.startsWith(prefix)) &&
    anyOf(names?.MatchAnySuffix, (suffix) => key.endsWith(suffix)) &&
    anyOf(names?.MatchAnySubstring, (part) => key.includes(part)) &&
    anyOf(filter.MatchAnyStorageClass, (name) => headers.storageClass === name) &&
    anyOf(filter.ObjectReplicationStatuses, (status) => (headers.replication ?? "NONE") === status) &&
    anyOf(filter.MatchAnyObjectEncryption, (wanted) => isUnder(object.encryption, wanted)) &&
    (filter.EligibleForReplication !== true || isEligible(bucket, object))
  );
}

/** A member that is not there, or says nothing, asks for nothing. */
const anyOf = <Value>(values: readonly Value[] | undefined, holds: (value: Value) => boolean): boolean =>
  values === undefined || values.length === 0 || values.some(holds);

type EncryptionFilter = NonNullable<ManifestFilter["MatchAnyObjectEncryption"]>[number];

function isUnder(encryption: ObjectEncryption, wanted: EncryptionFilter): boolean {
  if (wanted.SSES3 !== undefined) return encryption.mode === "AES256";
  if (wanted.SSEC !== undefined) return encryption.mode === "SSE-C";
  if (wanted.NOTSSE !== undefined) return encryption.mode === "none";
  const layers = wanted.SSEKMS ?? wanted.DSSEKMS;
  const mode = wanted.SSEKMS === undefined ? "aws:kms:dsse" : "aws:kms";
  if (layers === undefined || !isKms(encryption) || encryption.mode !== mode) return false;
  const { KmsKeyArn: keyArn } = layers;
  const bucketKey = wanted.SSEKMS?.BucketKeyEnabled;
  return (
    (keyArn === undefined || keyArn === encryption.keyArn) &&
    (bucketKey === undefined || bucketKey === encryption.bucketKey)
  );
}

/** The keys that its prefixes leave: no other is read. */
export function rangeOf({ KeyNameConstraint: names }: ManifestFilter): KeyRange {
  const prefixes = (names?.MatchAnyPrefix ?? []).map((prefix) => Buffer.from(prefix)).sort(Buffer.compare);
  const [from = Buffer.alloc(0)] = prefixes;
  const ends = prefixes.map((prefix) => successor(prefix) ?? prefix).sort(Buffer.compare);
  return { from, before: ends.at(-1) };
}
