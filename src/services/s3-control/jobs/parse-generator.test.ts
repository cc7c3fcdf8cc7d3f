import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError, LIMITS } from "../../../base/index.js";
import type { Generator } from "./job.js";
import { parseGenerator } from "./parse-generator.js";

const BUCKET = "arn:aws:s3:::source";
const OUTPUT = { Bucket: "arn:aws:s3:::lists", ManifestFormat: "S3InventoryReport_CSV_20211130" } as const;
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const parse = (more: object) =>
  // What a client may send although its types forbid it.
  parseGenerator({
    S3JobManifestGenerator: { SourceBucket: BUCKET, EnableManifestOutput: false, ...more } as Generator,
  });
const tooMany = Array.from({ length: LIMITS.s3BatchFilterValues + 1 }, (_, at) => `${at}`);
const output = (more: object) => ({ EnableManifestOutput: true, ManifestOutputLocation: { ...OUTPUT, ...more } });
const filter = (Filter: object) => ({ Filter });

const WRONG: readonly (readonly [what: string, more: object])[] = [
  ["no bucket", { SourceBucket: undefined }],
  ["a bucket's name alone", { SourceBucket: "source" }],
  ["an object", { SourceBucket: `${BUCKET}/key` }],
  ["another service's resource", { SourceBucket: KEY }],
  ["an owner that is no account", { ExpectedBucketOwner: "nobody" }],
  ["no word about the output", { EnableManifestOutput: undefined }],
  ["an output nowhere", { EnableManifestOutput: true }],
  ["an output to an object", output({ Bucket: `${OUTPUT.Bucket}/key` })],
  ["an output in no format", output({ ManifestFormat: undefined })],
  ["an output to nobody", output({ ExpectedManifestBucketOwner: "12" })],
  ["a long prefix", output({ ManifestPrefix: "p".repeat(513) })],
  ["two encryptions", output({ ManifestEncryption: { SSES3: {}, SSEKMS: { KeyId: KEY } } })],
  ["KMS without a key", output({ ManifestEncryption: { SSEKMS: {} } })],
  ["an empty prefix of keys", filter({ KeyNameConstraint: { MatchAnyPrefix: [""] } })],
  ["a long suffix", filter({ KeyNameConstraint: { MatchAnySuffix: ["s".repeat(1025)] } })],
  ["too many substrings", filter({ KeyNameConstraint: { MatchAnySubstring: tooMany } })],
  ["too many classes", filter({ MatchAnyStorageClass: tooMany })],
  ["a size below none", filter({ ObjectSizeGreaterThanBytes: -1 })],
  ["a broken size", filter({ ObjectSizeLessThanBytes: 1.5 })],
  ["a time that is none", filter({ CreatedAfter: new Date("never") })],
  ["no encryption", filter({ MatchAnyObjectEncryption: [{}] })],
  ["two encryptions in one", filter({ MatchAnyObjectEncryption: [{ SSES3: {}, SSEC: {} }] })],
  ["a key's id", filter({ MatchAnyObjectEncryption: [{ SSEKMS: { KmsKeyArn: KEY.split("/")[1] } }] })],
  ["an alias", filter({ MatchAnyObjectEncryption: [{ DSSEKMS: { KmsKeyArn: KEY.replace("key/", "alias/") } }] })],
];

test("each wrong generator is refused", () => {
  for (const [what, more] of WRONG)
    assert.throws(
      () => parse(more),
      (thrown) => isAwsError(thrown, "InvalidRequest"),
      what,
    );
});

test("a generator with everything that the model has is taken as it is", () => {
  const whole = {
    ExpectedBucketOwner: "111122223333",
    ...output({ ManifestPrefix: "p/", ManifestEncryption: { SSEKMS: { KeyId: KEY } } }),
    Filter: {
      EligibleForReplication: true,
      CreatedAfter: new Date(0),
      CreatedBefore: new Date(1),
      ObjectReplicationStatuses: ["NONE", "FAILED"],
      KeyNameConstraint: { MatchAnyPrefix: ["a"], MatchAnySuffix: ["b"], MatchAnySubstring: ["c"] },
      ObjectSizeGreaterThanBytes: 0,
      ObjectSizeLessThanBytes: 9,
      MatchAnyStorageClass: ["STANDARD"],
      MatchAnyObjectEncryption: [
        { SSES3: {} },
        { SSEKMS: { KmsKeyArn: KEY, BucketKeyEnabled: false } },
        { NOTSSE: {} },
      ],
    },
  };
  assert.deepEqual(parse(whole), { SourceBucket: BUCKET, ...whole });
  parse({ ...output({}), EnableManifestOutput: false });
});
