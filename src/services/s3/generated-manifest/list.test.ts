import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { callOperation, OTHER_ACCOUNT, TEST_ACCOUNT, testContext, userCaller } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, KEY_ID, s3House } from "../testing.js";
import type { ManifestFilter } from "./filter.js";
import { type ManifestPage, type ManifestQuery, ROWS } from "./list.js";

const house = await s3House();
after(() => house.close());

const page = (query: Partial<ManifestQuery>, parts: object = {}): Promise<ManifestPage> =>
  callOperation(house.service.listForManifest, testContext(parts), { bucket: BUCKET, filter: {}, ...query });

/** Keys, or keys and versions, of all pages. */
async function list(bucket: string, filter: ManifestFilter): Promise<string[]> {
  const found: string[] = [];
  let position: string | undefined;
  do {
    const { objects, next } = await page({ bucket, filter, position });
    found.push(...objects.map(({ key, versionId }) => (versionId === undefined ? key : `${key} ${versionId}`)));
    position = next;
  } while (position !== undefined);
  return found;
}

const kms = (more: object = {}) => ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID, ...more });
await house.put(BUCKET, "a/owned", "1");
await house.put(BUCKET, "a/kms", "22", kms());
await house.put(BUCKET, "b/bucket-key.txt", "333", kms({ BucketKeyEnabled: true }));
await house.put(BUCKET, "b/managed", "4444", { ServerSideEncryption: "aws:kms" });
await house.put(BUCKET, "b/two", "55555", kms({ ServerSideEncryption: "aws:kms:dsse" }));
await house.put(BUCKET, "c/cold.txt", "1", { StorageClass: "STANDARD_IA" });
const ALL = ["a/kms", "a/owned", "b/bucket-key.txt", "b/managed", "b/two", "c/cold.txt"];

const under = (...MatchAnyObjectEncryption: NonNullable<ManifestFilter["MatchAnyObjectEncryption"]>) => ({
  MatchAnyObjectEncryption,
});
const ENABLED = { Status: "Enabled" };
const names = (KeyNameConstraint: NonNullable<ManifestFilter["KeyNameConstraint"]>) => ({ KeyNameConstraint });

const CASES: readonly (readonly [what: string, filter: ManifestFilter, keys: readonly string[]])[] = [
  ["nothing asked for", {}, ALL],
  ["nothing asked for, in lists", { ...under(), ...names({ MatchAnyPrefix: [] }) }, ALL],
  ["SSE-S3", under({ SSES3: {} }), ["a/owned", "c/cold.txt"]],
  ["SSE-KMS", under({ SSEKMS: {} }), ["a/kms", "b/bucket-key.txt", "b/managed"]],
  ["one key", under({ SSEKMS: { KmsKeyArn: KEY_ARN } }), ["a/kms", "b/bucket-key.txt"]],
  ["another key", under({ SSEKMS: { KmsKeyArn: `${KEY_ARN}0` } }), []],
  ["with a bucket key", under({ SSEKMS: { BucketKeyEnabled: true } }), ["b/bucket-key.txt"]],
  ["one key without a bucket key", under({ SSEKMS: { KmsKeyArn: KEY_ARN, BucketKeyEnabled: false } }), ["a/kms"]],
  ["DSSE-KMS", under({ DSSEKMS: { KmsKeyArn: KEY_ARN } }), ["b/two"]],
  ["DSSE-KMS under another key", under({ DSSEKMS: { KmsKeyArn: `${KEY_ARN}0` } }), []],
  ["SSE-C", under({ SSEC: {} }), []],
  ["not encrypted", under({ NOTSSE: {} }), []],
  ["either", under({ DSSEKMS: {} }, { SSES3: {} }), ["a/owned", "b/two", "c/cold.txt"]],
  ["a prefix", names({ MatchAnyPrefix: ["b/"] }), ["b/bucket-key.txt", "b/managed", "b/two"]],
  ["a whole key", names({ MatchAnyPrefix: ["b/two"] }), ["b/two"]],
  ["two prefixes", names({ MatchAnyPrefix: ["c", "a/k"] }), ["a/kms", "c/cold.txt"]],
  ["one prefix in another", names({ MatchAnyPrefix: ["b/m", "b/"] }), ["b/bucket-key.txt", "b/managed", "b/two"]],
  ["a suffix", names({ MatchAnySuffix: [".txt", "two"] }), ["b/bucket-key.txt", "b/two", "c/cold.txt"]],
  ["a substring", names({ MatchAnySubstring: ["k"] }), ["a/kms", "b/bucket-key.txt"]],
  [
    "all three",
    names({ MatchAnyPrefix: ["b"], MatchAnySuffix: [".txt"], MatchAnySubstring: ["key"] }),
    ["b/bucket-key.txt"],
  ],
  ["two that no key has", names({ MatchAnyPrefix: ["a"], MatchAnySuffix: [".txt"] }), []],
  ["greater", { ObjectSizeGreaterThanBytes: 3 }, ["b/managed", "b/two"]],
  ["less", { ObjectSizeLessThanBytes: 2 }, ["a/owned", "c/cold.txt"]],
  ["between", { ObjectSizeGreaterThanBytes: 1, ObjectSizeLessThanBytes: 3 }, ["a/kms"]],
  ["a class", { MatchAnyStorageClass: ["STANDARD_IA", "GLACIER"] }, ["c/cold.txt"]],
  ["after that moment", { CreatedAfter: new Date("2026-11-21T09:00:00Z") }, []],
  ["after the moment before", { CreatedAfter: new Date("2026-11-21T08:59:59Z") }, ALL],
  ["before that moment", { CreatedBefore: new Date("2026-11-21T09:00:00Z") }, []],
  ["before the next", { CreatedBefore: new Date("2026-11-21T09:00:01Z") }, ALL],
  ["never replicated", { ObjectReplicationStatuses: ["NONE"] }, ALL],
  ["replicated", { ObjectReplicationStatuses: ["COMPLETED", "FAILED", "REPLICA"] }, []],
  ["eligible without a rule", { EligibleForReplication: true }, []],
  ["whether eligible or not", { EligibleForReplication: false }, ALL],
];

test("each member of a filter leaves what it names, and they must all hold", async () => {
  for (const [what, filter, keys] of CASES) assert.deepEqual(await list(BUCKET, filter), keys, what);
});

test("a bucket with versions lists every one of them, what is current last, and no delete marker", async () => {
  const Bucket = "bucket-with-versions";
  await house.call("CreateBucket", { Bucket });
  await house.put(Bucket, "v", "before");
  await house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: ENABLED });
  const ids: unknown[] = [];
  for (const body of ["1", "2"]) ids.push((await house.put(Bucket, "v", body))["VersionId"]);
  const gone = (await house.put(Bucket, "gone", "1"))["VersionId"];
  await house.call("DeleteObject", { Bucket, Key: "gone" });
  assert.deepEqual(await list(Bucket, {}), [`gone ${gone}`, "v null", `v ${ids[0]}`, `v ${ids[1]}`]);
  assert.deepEqual(await list(Bucket, names({ MatchAnyPrefix: ["v"] })), ["v null", `v ${ids[0]}`, `v ${ids[1]}`]);
  await house.call("CreateBucket", { Bucket: "bucket-of-replicas" });
  await house.call("PutBucketVersioning", { Bucket: "bucket-of-replicas", VersioningConfiguration: ENABLED });
  const Destination = { Bucket: "arn:aws:s3:::bucket-of-replicas" };
  const ReplicationConfiguration = {
    Role: `arn:aws:iam::${TEST_ACCOUNT}:role/replicator`,
    Rules: [{ ID: "r", Status: "Enabled", Prefix: "g", Destination }],
  };
  await house.call("PutBucketReplication", { Bucket, ReplicationConfiguration });
  assert.deepEqual(await list(Bucket, { EligibleForReplication: true }), [`gone ${gone}`]);
});

test("a list of more rows than a page has goes on where it was, through both tables", async () => {
  const Bucket = "bucket-of-many";
  await house.call("CreateBucket", { Bucket });
  await house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: ENABLED });
  await house.put(Bucket, "k", "0");
  const columns =
    "SELECT bucket_id, CAST('k' || number AS BLOB), version_id, body_id || number, size, etag, modified_ms, parts, headers, tags, checksum, encryption, data_key, object_lock, restore";
  const numbers = `WITH RECURSIVE n (number) AS (SELECT 100001 UNION ALL SELECT number + 1 FROM n WHERE number < ${100_000 + ROWS})`;
  await house.database.write(async (tx) => {
    const into =
      "(bucket_id, key, version_id, body_id, size, etag, modified_ms, parts, headers, tags, checksum, encryption, data_key, object_lock, restore";
    const from =
      "FROM objects, n WHERE key = CAST('k' AS BLOB) AND bucket_id = (SELECT id FROM buckets WHERE name = ?)";
    await tx.run(
      `INSERT INTO versions ${into}, place, is_marker, noncurrent_ms) ${numbers} ${columns.replace("|| number AS BLOB", "|| (number / 3) AS BLOB").replace("version_id,", "version_id || number,")}, -number, 0, 1 ${from}`,
      Bucket,
    );
    await tx.run(`INSERT INTO objects ${into}) ${numbers} ${columns} ${from}`, Bucket);
  });
  const first = await page({ bucket: Bucket });
  assert.equal(first.objects.length, ROWS);
  const all = await list(Bucket, {});
  assert.deepEqual([all.length, new Set(all).size], [2 * ROWS + 1, 2 * ROWS + 1]);
});

test("who lists must be let put inventories, and read the rules where they count", async () => {
  const may = (...Action: readonly string[]) => ({
    caller: userCaller("role", [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }]),
  });
  const listing = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetInventoryConfiguration", "s3:GetObject"];
  await assert.rejects(page({}, may(...listing)), Denied);
  await page({}, may("s3:PutInventoryConfiguration"));
  const eligible = { filter: { EligibleForReplication: true } };
  await assert.rejects(page(eligible, may("s3:PutInventoryConfiguration")), Denied);
  await page(eligible, may("s3:PutInventoryConfiguration", "s3:GetReplicationConfiguration"));
});

test("another account's bucket, one in another Region and one of another owner than was named are refused", async () => {
  const everything = [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }];
  await assert.rejects(page({}, { caller: userCaller("stranger", everything, OTHER_ACCOUNT) }), Denied);
  const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
  await assert.rejects(page({ owner: OTHER_ACCOUNT }), code("AccessDenied"));
  await page({ owner: TEST_ACCOUNT });
  await assert.rejects(page({}, { region: "us-west-2" }), code("AuthorizationHeaderMalformed"));
  await assert.rejects(page({ bucket: "nowhere" }), code("NoSuchBucket"));
});
